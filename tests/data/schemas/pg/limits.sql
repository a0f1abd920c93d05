-- What limbec knows of and does not make: tests/corpus/pg/limits.txt lists it.
CREATE FUNCTION is_left_of(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 < $2 $$;
CREATE OPERATOR <<~ (FUNCTION = is_left_of, LEFTARG = text, RIGHTARG = text);
CREATE TABLE posts (id int PRIMARY KEY, tags text NOT NULL);
CREATE INDEX posts_words ON posts USING gin (string_to_array(tags, ' '));
ALTER INDEX posts_words ALTER COLUMN 1 SET STATISTICS 3000;
CREATE UNLOGGED TABLE counters (id serial PRIMARY KEY);
CREATE MATERIALIZED VIEW words AS SELECT DISTINCT unnest(string_to_array(tags, ' ')) AS word FROM posts;
CREATE UNIQUE INDEX words_word ON words (word);
ALTER MATERIALIZED VIEW words CLUSTER ON words_word;
