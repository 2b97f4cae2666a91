"""An assistant and another library's question in; that library's documents, or a model's text, out.

Each module needs at most the one package that it is named for, and is imported by its own name:
`kbassist.integrations.langchain`, `.llamaindex`, and `.llm`, which needs none.
"""
