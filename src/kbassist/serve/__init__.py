"""A knowledge base as a server of the Model Context Protocol, for agents.

In: an index, the audience that the server may show, and tool calls. Out: results that keep within a
budget of tokens, as text for a model and as an object for a program. Only `protocol`, `stdio` and
`http` know the protocol's library, which is the extra `mcp`.
"""
