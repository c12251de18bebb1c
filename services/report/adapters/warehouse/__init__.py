"""The warehouse on ClickHouse's SQL: connections, schema, writing, and one file per kind of question."""
