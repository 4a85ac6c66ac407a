-- +goose Up

-- The knowledge base. Search runs in the gateways' memory; this is the record it is built of.
CREATE TABLE article (
    id        text PRIMARY KEY CHECK (id <> ''),
    version   integer NOT NULL,
    stage     text NOT NULL,                     -- as package knowledgebase has them
    content   jsonb NOT NULL,                    -- the newest, published or not
    published jsonb,                             -- what agents find; NULL: nothing
    editor    text NOT NULL,
    owner     text NOT NULL,
    reason    text NOT NULL,
    at        timestamptz NOT NULL
);

-- Every version, for ever: who wrote or moved it when, and what it said.
CREATE TABLE article_version (
    id      text NOT NULL REFERENCES article (id),
    version integer NOT NULL,
    stage   text NOT NULL,
    content jsonb NOT NULL,
    who     text NOT NULL,
    reason  text NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (id, version)
);
