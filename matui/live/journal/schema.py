"""The tables of the journal's database and their version."""

from __future__ import annotations

VERSION = 4

_ACTIONS = """
CREATE TABLE actions(
    account INTEGER NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL, sent_at INTEGER NOT NULL,
    PRIMARY KEY(account, kind, rid)) WITHOUT ROWID;
"""
_REASONS = """
CREATE TABLE reasons(
    account INTEGER NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL, status TEXT NOT NULL,
    words TEXT NOT NULL, seen_at INTEGER NOT NULL, source TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(account, kind, rid)) WITHOUT ROWID;
"""
_SOURCE_OF_REASONS = "ALTER TABLE reasons ADD COLUMN source TEXT NOT NULL DEFAULT ''"
_FIRST_TABLES = """
CREATE TABLE accounts(
    id INTEGER PRIMARY KEY, cloud TEXT NOT NULL, endpoint TEXT NOT NULL, project TEXT NOT NULL,
    region TEXT NOT NULL, UNIQUE(cloud, endpoint, project, region));
CREATE TABLE scopes(
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, profile TEXT NOT NULL, kind TEXT NOT NULL,
    workspace TEXT NOT NULL, first_complete_at INTEGER, complete_at INTEGER,
    UNIQUE(account, profile, kind, workspace));
CREATE TABLE resources(
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL,
    name TEXT NOT NULL, owner TEXT NOT NULL, workspace TEXT NOT NULL, status TEXT NOT NULL,
    phase TEXT NOT NULL, created_at INTEGER, updated_at INTEGER, read_at INTEGER NOT NULL,
    is_gone INTEGER NOT NULL DEFAULT 0, has_appeared INTEGER NOT NULL DEFAULT 0, content TEXT,
    UNIQUE(account, kind, rid));
CREATE TABLE sightings(scope INTEGER NOT NULL, resource INTEGER NOT NULL, PRIMARY KEY(scope, resource))
    WITHOUT ROWID;
CREATE TABLE changes(
    id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, seen_at INTEGER NOT NULL,
    happened_at INTEGER, profile TEXT NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL, name TEXT NOT NULL,
    owner TEXT NOT NULL, workspace TEXT NOT NULL, before TEXT, after TEXT, before_phase TEXT,
    after_phase TEXT, reason TEXT NOT NULL, code TEXT NOT NULL, source TEXT NOT NULL);
CREATE INDEX changes_seen ON changes(seen_at);
CREATE INDEX changes_resource ON changes(kind, rid, seen_at);
CREATE TABLE spans(
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL);
CREATE INDEX spans_end ON spans(end_at);
CREATE TABLE acknowledgements(
    account INTEGER NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL, about TEXT NOT NULL,
    status TEXT NOT NULL, made_by TEXT NOT NULL, note TEXT NOT NULL, made_at INTEGER NOT NULL,
    PRIMARY KEY(account, kind, rid, about)) WITHOUT ROWID;
CREATE TABLE claims(name TEXT PRIMARY KEY, made_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE findings(
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL,
    finding TEXT NOT NULL, since INTEGER, line INTEGER, words TEXT NOT NULL, seen_at INTEGER NOT NULL);
CREATE UNIQUE INDEX findings_once ON findings(account, kind, rid, finding, ifnull(since, -1));
"""

TABLES = _FIRST_TABLES + _ACTIONS + _REASONS
UPGRADES = {1: _ACTIONS + _REASONS, 2: _REASONS, 3: _SOURCE_OF_REASONS}
"""What a file of each earlier version lacks."""
