namespace Flywheel.Catalogue;

/// <summary>The schema, one script per version. A published script is never edited; a change is a new one.</summary>
static class Migrations
{
    /// <summary>Marks the file as a Flywheel catalogue ("FLYW").</summary>
    public const int ApplicationId = 0x464C5957;

    public static IReadOnlyList<string> Scripts { get; } = [Version1, Version2, Version3];

    // Image ids are stored as their 32 bytes. Paths under the workspace are stored relative to it, so that it can be moved.
    // Times are UTC ticks.
    const string Version1 = """
        CREATE TABLE image(
            n INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            path TEXT NOT NULL,
            format TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            brightness REAL NOT NULL,
            contrast REAL NOT NULL,
            sharpness REAL NOT NULL,
            entropy REAL NOT NULL,
            colorfulness REAL NOT NULL,
            hash INTEGER NOT NULL,
            label TEXT,
            provenance INTEGER,
            tags TEXT
        ) STRICT;

        CREATE TABLE source(
            path TEXT NOT NULL PRIMARY KEY,
            image INTEGER NOT NULL REFERENCES image(n),
            bytes INTEGER NOT NULL,
            modified INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE annotation(
            sequence INTEGER PRIMARY KEY,
            image INTEGER NOT NULL REFERENCES image(n),
            old TEXT,
            new TEXT,
            provenance INTEGER NOT NULL,
            author TEXT NOT NULL,
            source TEXT,
            time INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX annotation_image ON annotation(image);
        CREATE TRIGGER annotation_no_update BEFORE UPDATE ON annotation BEGIN SELECT RAISE(ABORT, 'the annotation ledger is append-only'); END;
        CREATE TRIGGER annotation_no_delete BEFORE DELETE ON annotation BEGIN SELECT RAISE(ABORT, 'the annotation ledger is append-only'); END;

        CREATE TABLE dataset(
            n INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            group_by TEXT,
            created INTEGER NOT NULL,
            changes INTEGER NOT NULL DEFAULT 0,
            summary_of INTEGER,
            summary TEXT
        ) STRICT;

        CREATE TABLE member(
            dataset INTEGER NOT NULL REFERENCES dataset(n),
            image INTEGER NOT NULL REFERENCES image(n),
            split INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY(dataset, image)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE version(
            n INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            images INTEGER NOT NULL,
            rows BLOB NOT NULL
        ) STRICT;

        CREATE TABLE dataset_version(
            n INTEGER PRIMARY KEY,
            dataset INTEGER NOT NULL REFERENCES dataset(n),
            version INTEGER NOT NULL REFERENCES version(n),
            created INTEGER NOT NULL,
            UNIQUE(dataset, version)
        ) STRICT;

        CREATE TABLE model(
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            name TEXT NOT NULL COLLATE NOCASE,
            created INTEGER NOT NULL,
            path TEXT NOT NULL,
            card TEXT NOT NULL,
            UNIQUE(id, name)
        ) STRICT;

        CREATE TABLE prediction(
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            image BLOB NOT NULL,
            path TEXT NOT NULL,
            model TEXT NOT NULL,
            label TEXT NOT NULL,
            confidence REAL NOT NULL,
            margin REAL NOT NULL,
            entropy REAL NOT NULL,
            scores TEXT NOT NULL,
            time INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX prediction_image ON prediction(image, time);
        CREATE INDEX prediction_time ON prediction(time);
        """;

    // Production: what callers say with a request and afterwards, what was drawn for audit, what is published, results to look back at.
    const string Version2 = """
        ALTER TABLE prediction ADD COLUMN tags TEXT;
        ALTER TABLE prediction ADD COLUMN source INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX prediction_model ON prediction(model, time);
        CREATE INDEX source_image ON source(image);

        CREATE TABLE feedback(
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            prediction TEXT NOT NULL REFERENCES prediction(id),
            verdict INTEGER NOT NULL,
            label TEXT,
            reason TEXT,
            reporter TEXT NOT NULL,
            time INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX feedback_prediction ON feedback(prediction, n);
        CREATE TRIGGER feedback_no_update BEFORE UPDATE ON feedback BEGIN SELECT RAISE(ABORT, 'reports are append-only'); END;
        CREATE TRIGGER feedback_no_delete BEFORE DELETE ON feedback BEGIN SELECT RAISE(ABORT, 'reports are append-only'); END;

        CREATE TABLE audit_pick(
            n INTEGER PRIMARY KEY,
            image BLOB NOT NULL,
            model TEXT NOT NULL,
            stratum TEXT NOT NULL,
            probability REAL NOT NULL,
            task TEXT NOT NULL,
            time INTEGER NOT NULL,
            UNIQUE(image, model, task)
        ) STRICT;

        CREATE TABLE model_version(
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            model TEXT NOT NULL,
            path TEXT NOT NULL,
            dataset_version TEXT NOT NULL,
            author TEXT NOT NULL,
            published INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE alias(
            name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
            version INTEGER NOT NULL REFERENCES model_version(number),
            moved INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE alias_move(
            n INTEGER PRIMARY KEY,
            alias TEXT NOT NULL COLLATE NOCASE,
            from_version INTEGER,
            to_version INTEGER,
            model TEXT NOT NULL,
            kind INTEGER NOT NULL,
            author TEXT NOT NULL,
            reason TEXT NOT NULL,
            forced INTEGER NOT NULL,
            gate TEXT,
            time INTEGER NOT NULL
        ) STRICT;
        CREATE TRIGGER alias_move_no_update BEFORE UPDATE ON alias_move BEGIN SELECT RAISE(ABORT, 'the history of aliases is append-only'); END;
        CREATE TRIGGER alias_move_no_delete BEFORE DELETE ON alias_move BEGIN SELECT RAISE(ABORT, 'the history of aliases is append-only'); END;

        CREATE TABLE report(
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            model TEXT,
            time INTEGER NOT NULL,
            body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX report_kind ON report(kind, time);
        """;

    // Labels people can trust: boxes, exclusions and undo in the ledger, conflicts at import, suggestions with their verdicts, queues.
    const string Version3 = """
        ALTER TABLE annotation ADD COLUMN part INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE annotation ADD COLUMN undoes INTEGER REFERENCES annotation(sequence);
        CREATE UNIQUE INDEX annotation_undoes ON annotation(undoes) WHERE undoes IS NOT NULL;
        ALTER TABLE image ADD COLUMN boxes TEXT;
        ALTER TABLE image ADD COLUMN boxes_provenance INTEGER;
        ALTER TABLE image ADD COLUMN excluded TEXT;

        CREATE TABLE label_conflict(
            n INTEGER PRIMARY KEY,
            image INTEGER NOT NULL REFERENCES image(n),
            path TEXT NOT NULL,
            existing TEXT NOT NULL,
            imported TEXT NOT NULL,
            time INTEGER NOT NULL,
            UNIQUE(image, path, imported)
        ) STRICT;

        CREATE TABLE suggestion(
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            image INTEGER NOT NULL REFERENCES image(n),
            reason TEXT NOT NULL,
            part INTEGER NOT NULL,
            old TEXT,
            new TEXT,
            score REAL NOT NULL,
            text TEXT NOT NULL,
            dataset TEXT COLLATE NOCASE,
            model TEXT,
            related TEXT,
            created INTEGER NOT NULL,
            verdict INTEGER
        ) STRICT;
        CREATE INDEX suggestion_image ON suggestion(image);
        CREATE INDEX suggestion_reason ON suggestion(reason, score);

        CREATE TABLE verdict(
            n INTEGER PRIMARY KEY,
            suggestion INTEGER NOT NULL REFERENCES suggestion(n),
            status INTEGER NOT NULL,
            new TEXT,
            author TEXT NOT NULL,
            time INTEGER NOT NULL,
            annotation INTEGER REFERENCES annotation(sequence)
        ) STRICT;
        CREATE INDEX verdict_suggestion ON verdict(suggestion);
        CREATE INDEX verdict_annotation ON verdict(annotation) WHERE annotation IS NOT NULL;
        CREATE TRIGGER verdict_no_update BEFORE UPDATE ON verdict BEGIN SELECT RAISE(ABORT, 'verdicts are append-only'); END;
        CREATE TRIGGER verdict_no_delete BEFORE DELETE ON verdict BEGIN SELECT RAISE(ABORT, 'verdicts are append-only'); END;

        CREATE TABLE queue(
            n INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            kind TEXT NOT NULL,
            part INTEGER NOT NULL,
            labels TEXT NOT NULL,
            votes INTEGER NOT NULL,
            path TEXT,
            dataset TEXT,
            author TEXT NOT NULL,
            created INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE queue_item(
            queue INTEGER NOT NULL REFERENCES queue(n) ON DELETE CASCADE,
            image INTEGER NOT NULL REFERENCES image(n),
            position INTEGER NOT NULL,
            key TEXT NOT NULL,
            label TEXT,
            boxes TEXT,
            priority REAL NOT NULL DEFAULT 0,
            PRIMARY KEY(queue, image),
            UNIQUE(queue, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX queue_item_order ON queue_item(queue, priority DESC, position);

        CREATE TABLE queue_answer(
            queue INTEGER NOT NULL,
            image INTEGER NOT NULL,
            who TEXT NOT NULL COLLATE NOCASE,
            state INTEGER NOT NULL,
            until INTEGER NOT NULL,
            note TEXT,
            annotation INTEGER REFERENCES annotation(sequence),
            PRIMARY KEY(queue, image, who),
            FOREIGN KEY(queue, image) REFERENCES queue_item(queue, image) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX queue_answer_annotation ON queue_answer(annotation) WHERE annotation IS NOT NULL;
        """;
}
