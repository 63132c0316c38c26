CREATE TABLE exchange (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    began INTEGER NOT NULL,
    took INTEGER NOT NULL,
    first_byte INTEGER,
    instance TEXT NOT NULL,
    key TEXT,
    client TEXT,
    dialect TEXT NOT NULL,
    operation TEXT NOT NULL,
    model TEXT,
    streamed INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    fault TEXT,
    has_usage INTEGER NOT NULL,
    input INTEGER,
    output INTEGER,
    cached INTEGER,
    reasoning INTEGER,
    provider TEXT,
    account TEXT,
    upstream_model TEXT,
    attempts TEXT NOT NULL,
    losses TEXT NOT NULL
) STRICT;
CREATE INDEX exchange_began ON exchange (began);
INSERT INTO exchange (id, began, took, first_byte, instance, key, client, dialect, operation, model, streamed,
    outcome, fault, has_usage, input, output, provider, account, upstream_model, attempts, losses)
VALUES ('old', 9000000000000, 12, 7, 'default', 'laptop', 'curl/8.5', 'openai-chat', 'chat', 'claude-x', 1,
    'completed', NULL, 1, 3, 0, 'mock', 'mock-2', '100%_real',
    '[{"provider":"mock","account":"mock-2","model":"100%_real","dialect":"openai-chat","status":200,"first_byte":5,"fault":null}]',
    '["temperature=dropped"]');
PRAGMA user_version = 1;
