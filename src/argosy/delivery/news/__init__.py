"""News of the network that an operator tells: `tell`, `withdraw`, `look`. Table: `network_news`."""
