"""Has the database chain what is entered in the record, and refuse any change to entries and chain.

A later migration that alters one of the two tables on SQLite makes it anew, which drops its triggers: it has to run
`guard` again. The tests would notice.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ('participants_auditentry', 'participants_auditlink')
REFUSAL = 'The record of who did what is append-only'

POSTGRESQL = [
    # Entries of a transaction that is about to end; empty at any other time.
    'CREATE TABLE participants_auditturn (entry_id bigint NOT NULL)',
    f"""
    CREATE FUNCTION participants_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    *(
        f"""
        CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION participants_audit_refuse()
        """
        for table in TABLES
    ),
    *(
        f"""
        CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION participants_audit_refuse()
        """
        for table in TABLES
    ),
    # Two steps, both when the transaction ends. The first only queues for the second, so that the lock is taken after
    # all deferred checks of foreign keys: these wait for rows that somebody in the queue for the lock may hold.
    """
    CREATE FUNCTION participants_audit_queue() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
        INSERT INTO participants_auditturn (entry_id) VALUES (NEW.id);
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER participants_auditentry_queued AFTER INSERT ON participants_auditentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION participants_audit_queue()
    """,
    """
    CREATE FUNCTION participants_audit_chain() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    DECLARE
        last_number bigint;
        last_hash text;
    BEGIN
        DELETE FROM participants_auditturn WHERE entry_id = NEW.entry_id;
        PERFORM pg_advisory_xact_lock(1635083369, 1);
        -- Restored together with its place.
        IF EXISTS (SELECT FROM participants_auditlink WHERE entry_id = NEW.entry_id) THEN
            RETURN NULL;
        END IF;
        SELECT number, hash INTO last_number, last_hash FROM participants_auditlink ORDER BY number DESC LIMIT 1;
        INSERT INTO participants_auditlink (number, entry_id, hash)
        SELECT coalesce(last_number, 0) + 1, id,
            encode(sha256(convert_to(coalesce(last_hash, '') || ':' || id || ':' || digest, 'UTF8')), 'hex')
        FROM participants_auditentry WHERE id = NEW.entry_id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER participants_auditturn_chained AFTER INSERT ON participants_auditturn
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION participants_audit_chain()
    """,
]
NO_POSTGRESQL = [
    'DROP TABLE participants_auditturn',
    'DROP TRIGGER participants_auditentry_queued ON participants_auditentry',
    *(f'DROP TRIGGER {table}_{what} ON {table}' for table in TABLES for what in ('kept', 'not_emptied')),
    *(f'DROP FUNCTION participants_audit_{name}()' for name in ('chain', 'queue', 'refuse')),
]

# REPLACE removes a row without asking a trigger, so that a row of that key must not be there already.
SQLITE = [
    f"""
    CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} {condition}
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """
    for table, key in zip(TABLES, ('id', 'number'), strict=True)
    for name, event, condition in (
        ('not_changed', 'UPDATE', ''),
        ('not_removed', 'DELETE', ''),
        ('not_replaced', 'INSERT', f'WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})'),
    )
]
NO_SQLITE = [
    f'DROP TRIGGER {table}_{name}' for table in TABLES for name in ('not_changed', 'not_removed', 'not_replaced')
]


def guard(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRESQL if editor.connection.vendor == 'postgresql' else SQLITE:
        editor.execute(statement, params=None)


def unguard(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in NO_POSTGRESQL if editor.connection.vendor == 'postgresql' else NO_SQLITE:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    replaces = [('participants', '0003_append_only')]

    dependencies = [
        ('participants', '0001_models'),
    ]

    operations = [
        migrations.RunPython(guard, unguard),
    ]
