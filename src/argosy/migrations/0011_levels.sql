-- Levels of membership: an operator gives them, promotions may be for them.

ALTER TABLE accounts ADD COLUMN level text COLLATE "C" NOT NULL DEFAULT '' CHECK (level ~ '^[a-z0-9-]{0,40}$');
