"""A database's schema as readable text, the same on every PostgreSQL from 16 on."""

from __future__ import annotations

import asyncpg

_TABLES = """
SELECT oid, relname, reloptions FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) AS value,
    CASE WHEN a.attcollation <> t.typcollation THEN c.collname END AS collation,
    a.attidentity <> '' AS identity, a.attgenerated <> '' AS generated
FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation AS c ON c.oid = a.attcollation
WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
# PostgreSQL 18 lists NOT NULL among the constraints too; it is told with the column.
_CONSTRAINTS = """
SELECT pg_get_constraintdef(oid) AS told FROM pg_constraint WHERE conrelid = $1 AND contype <> 'n'
ORDER BY contype <> 'p', 1
"""
_INDEXES = """
SELECT pg_get_indexdef(i.indexrelid) AS told FROM pg_index AS i WHERE i.indrelid = $1
AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u')) ORDER BY 1
"""
_OTHERS = """
SELECT 'trigger ' || tgname AS told FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'
UNION ALL SELECT CASE relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' ELSE 'relation ' END || relname
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'p', 'i', 'I', 't')
UNION ALL SELECT 'function ' || proname FROM pg_proc AS p WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL SELECT 'type ' || typname FROM pg_type AS t WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd', 'r')
    AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = t.oid AND d.deptype = 'e')
ORDER BY 1
"""


async def schema_of(connection: asyncpg.Connection[asyncpg.Record]) -> str:
    """Tables with columns, constraints and indexes, then everything else there is; sorted by name, columns as they stand."""
    lines = []
    for table in await connection.fetch(_TABLES):
        options = f" ({', '.join(table['reloptions'])})" if table["reloptions"] else ""
        lines.append(f"table {table['relname']}{options}")
        lines += [f"    {_column(row)}" for row in await connection.fetch(_COLUMNS, table["oid"])]
        lines += [f"    {row['told']}" for row in await connection.fetch(_CONSTRAINTS, table["oid"])]
        lines += [
            f"    {row['told'].removeprefix('CREATE ')}" for row in await connection.fetch(_INDEXES, table["oid"])
        ]
        lines.append("")
    lines += [row["told"] for row in await connection.fetch(_OTHERS)]
    return "\n".join(lines) + "\n"


def _column(row: asyncpg.Record) -> str:
    parts = [row["attname"], row["type"]]
    parts += [f'COLLATE "{row["collation"]}"'] if row["collation"] else []
    parts += ["NOT NULL"] if row["attnotnull"] else []
    parts += [f"DEFAULT {row['value']}"] if row["value"] else []
    parts += ["IDENTITY"] if row["identity"] else []
    parts += ["GENERATED"] if row["generated"] else []
    return " ".join(parts)
