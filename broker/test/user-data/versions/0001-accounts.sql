-- The user data of a program of version 0001-accounts: its schema, and a row or more in each table. Never edited.
CREATE TABLE "user_data_migrations" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);
CREATE TABLE "user_data_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);
CREATE TABLE "users" ("id" varchar(36) not null primary key, "username" varchar(64) not null, "username_key" varchar(255) not null, "name" varchar(200) not null, "email" varchar(254), "role" varchar(16) not null, "password_hash" varchar(255) not null, "is_disabled" integer not null, "revision" integer not null, "created_at" bigint not null, "updated_at" bigint not null, "last_sign_in_at" bigint, constraint "users_username_key" unique ("username_key"));
CREATE TABLE "sessions" ("value_hash" varchar(64) not null primary key, "user_id" varchar(36) not null, "created_at" bigint not null, "used_at" bigint not null, "idle_ms" bigint not null, "expires_at" bigint not null, "ends_at" bigint not null, constraint "sessions_user" foreign key ("user_id") references "users" ("id") on delete cascade);
CREATE TABLE "tokens" ("id" varchar(36) not null primary key, "user_id" varchar(36) not null, "token_hash" varchar(64) not null, "name" varchar(200) not null, "scopes" varchar(200) not null, "created_at" bigint not null, "expires_at" bigint not null, "used_at" bigint, constraint "tokens_hash" unique ("token_hash"), constraint "tokens_user" foreign key ("user_id") references "users" ("id") on delete cascade);
CREATE INDEX "sessions_of_user" on "sessions" ("user_id");
CREATE INDEX "sessions_by_expiry" on "sessions" ("expires_at");
CREATE INDEX "tokens_of_user" on "tokens" ("user_id");
insert into user_data_migration_lock values('migration_lock', 0);
insert into user_data_migrations values('0001-accounts', '2026-11-26T00:00:00.000Z');
insert into users values('11111111-1111-4111-8111-111111111111', 'Vera', 'vera', 'Vera Rubin — 薇拉', 'vera@example.org', 'admin', '$scrypt$N=32768,r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', 0, 3, 1795000000000, 1795000000005, 1795000000009);
insert into users values('22222222-2222-4222-8222-222222222222', 'Иван', 'иван', '', null, 'ordinary', 'x', 1, 1, 1795000000000, 1795000000000, null);
insert into sessions values('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '11111111-1111-4111-8111-111111111111', 1795000000000, 1795000000000, 604800000, 1795604800000, 1797592000000);
insert into tokens values('66666666-0000-4000-8000-000000000000', '11111111-1111-4111-8111-111111111111', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'it''s mine', 'read write', 1795000000000, 1802776000000, null);
