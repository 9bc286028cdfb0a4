"""The statements of `questions` as SQLAlchemy compiles them for SQLite.

Written by `python -m monitor.stores.compiling`; not by hand.
"""

from monitor.stores.asking import Compiled

COMPILED = {
    'meta': Compiled(
        sql='SELECT meta.value FROM meta WHERE meta.name = ?',
        order=('of',),
        values={},
        flags=(),
    ),
    'set meta': Compiled(
        sql='UPDATE meta SET value=? WHERE meta.name = ?',
        order=('to', 'of'),
        values={},
        flags=(),
    ),
    'add meta': Compiled(
        sql='INSERT INTO meta (name, value) VALUES (?, ?)',
        order=('of', 'to'),
        values={},
        flags=(),
    ),
    'last fold': Compiled(
        sql='SELECT folds.taken_at, folds.tie FROM folds WHERE folds.source = ? ORDER BY folds.seq DESC LIMIT ? OFFSET ?',
        order=('source', 'param_1', 'param_2'),
        values={'param_1': 1, 'param_2': 0},
        flags=(),
    ),
    'source of': Compiled(
        sql='SELECT folds.source FROM folds WHERE folds.snapshot = ?',
        order=('snapshot',),
        values={},
        flags=(),
    ),
    'how many folds': Compiled(
        sql='SELECT count(*) AS count_1 FROM folds',
        order=(),
        values={},
        flags=(),
    ),
    'last folds': Compiled(
        sql='SELECT folds.snapshot, folds.source, folds.taken_at, folds.recorded_at, folds.author, folds.origin FROM folds WHERE folds.seq IN (SELECT max(folds.seq) AS max_1 FROM folds GROUP BY folds.source)',
        order=(),
        values={},
        flags=(),
    ),
    'places wait': Compiled(
        sql='SELECT ? AS anon_1 FROM born LIMIT ? OFFSET ?',
        order=('param_1', 'param_2', 'param_3'),
        values={'param_1': 1, 'param_2': 1, 'param_3': 0},
        flags=(),
    ),
    'documents at paths': Compiled(
        sql='SELECT documents.number, documents.id, documents.source, documents.path, documents.present, documents.failed, documents.blob, documents.read_path, documents.read_blob, documents.members, documents.first_seq, documents.last_seq, documents.gone_at FROM documents WHERE documents.source = ? AND documents.path IN (__[POSTCOMPILE_wanted]) ORDER BY documents.number',
        order=('source', 'wanted'),
        values={},
        flags=(4, 5),
    ),
    'documents of blobs': Compiled(
        sql='SELECT documents.number, documents.id, documents.source, documents.path, documents.present, documents.failed, documents.blob, documents.read_path, documents.read_blob, documents.members, documents.first_seq, documents.last_seq, documents.gone_at FROM documents WHERE documents.source = ? AND documents.blob IN (__[POSTCOMPILE_wanted]) ORDER BY documents.number',
        order=('source', 'wanted'),
        values={},
        flags=(4, 5),
    ),
    'statements': Compiled(
        sql='SELECT statements.number, statements.id, statements.document, statements.revision, statements."key", statements.present, statements.first_seq, statements.path, statements.ordinal, statements.gone_at, statements.returns, statements.text_row, statements.sketch1, statements.sketch2, statements.sketch3, revisions.text, revisions.links FROM statements JOIN revisions ON revisions.id = statements.text_row WHERE statements.number IN (__[POSTCOMPILE_wanted]) ORDER BY statements.number',
        order=('wanted',),
        values={},
        flags=(5,),
    ),
    'absent statements with keys': Compiled(
        sql='SELECT statements.number, statements.id, statements.document, statements.revision, statements."key", statements.present, statements.first_seq, statements.path, statements.ordinal, statements.gone_at, statements.returns, statements.text_row, statements.sketch1, statements.sketch2, statements.sketch3, revisions.text, revisions.links FROM statements JOIN revisions ON revisions.id = statements.text_row WHERE statements.present = 0 AND statements."key" IN (__[POSTCOMPILE_wanted]) ORDER BY statements.number',
        order=('wanted',),
        values={},
        flags=(5,),
    ),
    'present statements like 1': Compiled(
        sql='SELECT statements.number, statements.id, statements.document, statements.revision, statements."key", statements.present, statements.first_seq, statements.path, statements.ordinal, statements.gone_at, statements.returns, statements.text_row, statements.sketch1, statements.sketch2, statements.sketch3, revisions.text, revisions.links FROM statements JOIN revisions ON revisions.id = statements.text_row WHERE statements.present = 1 AND statements.sketch1 IN (__[POSTCOMPILE_wanted]) ORDER BY statements.number',
        order=('wanted',),
        values={},
        flags=(5,),
    ),
    'absent statements like 1': Compiled(
        sql='SELECT statements.number, statements.id, statements.document, statements.revision, statements."key", statements.present, statements.first_seq, statements.path, statements.ordinal, statements.gone_at, statements.returns, statements.text_row, statements.sketch1, statements.sketch2, statements.sketch3, revisions.text, revisions.links FROM statements JOIN revisions ON revisions.id = statements.text_row WHERE statements.present = 0 AND statements.sketch1 IN (__[POSTCOMPILE_wanted]) ORDER BY statements.number',
        order=('wanted',),
        values={},
        flags=(5,),
    ),
    'present statements like 2': Compiled(
        sql='SELECT statements.number, statements.id, statements.document, statements.revision, statements."key", statements.present, statements.first_seq, statements.path, statements.ordinal, statements.gone_at, statements.returns, statements.text_row, statements.sketch1, statements.sketch2, statements.sketch3, revisions.text, revisions.links FROM statements JOIN revisions ON revisions.id = statements.text_row WHERE statements.present = 1 AND statements.sketch2 IN (__[POSTCOMPILE_wanted]) ORDER BY statements.number',
        order=('wanted',),
        values={},
        flags=(5,),
    ),
    'absent statements like 2': Compiled(
        sql='SELECT statements.number, statements.id, statements.document, statements.revision, statements."key", statements.present, statements.first_seq, statements.path, statements.ordinal, statements.gone_at, statements.returns, statements.text_row, statements.sketch1, statements.sketch2, statements.sketch3, revisions.text, revisions.links FROM statements JOIN revisions ON revisions.id = statements.text_row WHERE statements.present = 0 AND statements.sketch2 IN (__[POSTCOMPILE_wanted]) ORDER BY statements.number',
        order=('wanted',),
        values={},
        flags=(5,),
    ),
    'present statements like 3': Compiled(
        sql='SELECT statements.number, statements.id, statements.document, statements.revision, statements."key", statements.present, statements.first_seq, statements.path, statements.ordinal, statements.gone_at, statements.returns, statements.text_row, statements.sketch1, statements.sketch2, statements.sketch3, revisions.text, revisions.links FROM statements JOIN revisions ON revisions.id = statements.text_row WHERE statements.present = 1 AND statements.sketch3 IN (__[POSTCOMPILE_wanted]) ORDER BY statements.number',
        order=('wanted',),
        values={},
        flags=(5,),
    ),
    'absent statements like 3': Compiled(
        sql='SELECT statements.number, statements.id, statements.document, statements.revision, statements."key", statements.present, statements.first_seq, statements.path, statements.ordinal, statements.gone_at, statements.returns, statements.text_row, statements.sketch1, statements.sketch2, statements.sketch3, revisions.text, revisions.links FROM statements JOIN revisions ON revisions.id = statements.text_row WHERE statements.present = 0 AND statements.sketch3 IN (__[POSTCOMPILE_wanted]) ORDER BY statements.number',
        order=('wanted',),
        values={},
        flags=(5,),
    ),
    'holders': Compiled(
        sql='SELECT statements."key", statements.number, statements.document FROM statements WHERE statements.present = 1 AND statements."key" IN (__[POSTCOMPILE_wanted])',
        order=('wanted',),
        values={},
        flags=(),
    ),
    'changes of a fold': Compiled(
        sql='SELECT changes.seq, changes.position, changes.id, changes.level, changes.kind, documents.id AS id_1, changes.path, changes.path_before, changes.cause, changes."group", changes.substantive, changes.aspects, changes.similarity, changes.moved, changes.baseline, changes.absent_since, changes.message, changes.returns, changes.copies, changes.statement_id, changes.before_number, changes.before_ordinal, changes.before_text, changes.before_links, changes.after_number, changes.after_ordinal, revisions.text, revisions.links FROM changes LEFT OUTER JOIN documents ON documents.number = changes.document LEFT OUTER JOIN revisions ON revisions.id = changes.after_row WHERE changes.seq = ? ORDER BY changes.position DESC',
        order=('seq',),
        values={},
        flags=(10, 13, 14),
    ),
    'failures': Compiled(
        sql='SELECT documents.path, changes.message FROM documents JOIN changes ON changes.document = documents.number WHERE documents.present = 1 AND documents.failed = 1 AND changes.kind = ? ORDER BY documents.path, changes.seq',
        order=('kind_1',),
        values={'kind_1': 'failed'},
        flags=(),
    ),
    'folds': Compiled(
        sql='SELECT folds.seq, folds.snapshot, folds.taken_at, folds.recorded_at FROM folds WHERE folds.seq IN (__[POSTCOMPILE_wanted])',
        order=('wanted',),
        values={},
        flags=(),
    ),
    'sides of a change': Compiled(
        sql='SELECT sides."after", statements.id, sides.revision, sides.ordinal, revisions.text, revisions.links, revisions.kind FROM sides JOIN statements ON statements.number = sides.statement JOIN revisions ON revisions.id = sides.text_row WHERE sides.seq = ? AND sides.position = ? ORDER BY sides."after", sides.part',
        order=('seq', 'position'),
        values={},
        flags=(0,),
    ),
    'one upgraded': Compiled(
        sql='SELECT upgraded.change FROM upgraded LIMIT ? OFFSET ?',
        order=('param_1', 'param_2'),
        values={'param_1': 1, 'param_2': 0},
        flags=(),
    ),
    'upgraded': Compiled(
        sql='SELECT upgraded.change FROM upgraded WHERE upgraded.change IN (__[POSTCOMPILE_wanted])',
        order=('wanted',),
        values={},
        flags=(),
    ),
    'statements named': Compiled(
        sql='SELECT statements.number, statements.id, statements.document, statements.path, statements.present FROM statements WHERE statements.id >= ? AND statements.id < ? LIMIT ? OFFSET ?',
        order=('low', 'high', 'param_1', 'param_2'),
        values={'param_1': 2, 'param_2': 0},
        flags=(4,),
    ),
    'revisions': Compiled(
        sql='SELECT revisions.number, revisions.text, revisions.links, folds.snapshot, folds.taken_at FROM revisions JOIN folds ON folds.seq = revisions.seq WHERE revisions.statement = ? ORDER BY revisions.number',
        order=('statement',),
        values={},
        flags=(),
    ),
    'path of a document': Compiled(
        sql='SELECT documents.path FROM documents WHERE documents.number = ?',
        order=('document',),
        values={},
        flags=(),
    ),
    'changes of a statement': Compiled(
        sql='SELECT changes.seq, changes.position, changes.id, changes.level, changes.kind, documents.id AS id_1, changes.path, changes.path_before, changes.cause, changes."group", changes.substantive, changes.aspects, changes.similarity, changes.moved, changes.baseline, changes.absent_since, changes.message, changes.returns, changes.copies, changes.statement_id, changes.before_number, changes.before_ordinal, changes.before_text, changes.before_links, changes.after_number, changes.after_ordinal, revisions.text, revisions.links FROM changes LEFT OUTER JOIN documents ON documents.number = changes.document LEFT OUTER JOIN revisions ON revisions.id = changes.after_row JOIN (SELECT changes.seq AS seq, changes.position AS position FROM changes WHERE changes.statement = ? UNION SELECT sides.seq AS seq, sides.position AS position FROM sides WHERE sides.statement = ?) AS anon_1 ON anon_1.seq = changes.seq AND anon_1.position = changes.position ORDER BY changes.seq, changes.position DESC',
        order=('statement', 'statement'),
        values={},
        flags=(10, 13, 14),
    ),
    'other names': Compiled(
        sql='SELECT aliases.old FROM aliases WHERE aliases.new = ? ORDER BY aliases.old',
        order=('statement',),
        values={},
        flags=(),
    ),
    'forget documents': Compiled(
        sql='DELETE FROM documents WHERE documents.number IN (__[POSTCOMPILE_numbers])',
        order=('numbers',),
        values={},
        flags=(),
    ),
    'forget statements': Compiled(
        sql='DELETE FROM statements WHERE statements.number IN (__[POSTCOMPILE_numbers])',
        order=('numbers',),
        values={},
        flags=(),
    ),
}

INSERTS = {
    'folds': 'INSERT INTO "folds" ("seq", "snapshot", "source", "taken_at", "recorded_at", "author", "origin", "tie") VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    'documents': 'INSERT INTO "documents" ("number", "id", "source", "path", "present", "failed", "blob", "read_path", "read_blob", "members", "first_seq", "last_seq", "gone_at") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    'versions': 'INSERT INTO "versions" ("document", "seq", "path", "blob", "present", "members") VALUES (?, ?, ?, ?, ?, ?)',
    'statements': 'INSERT INTO "statements" ("number", "id", "document", "revision", "key", "present", "first_seq", "path", "ordinal", "gone_at", "returns", "text_row", "sketch1", "sketch2", "sketch3") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    'revisions': 'INSERT INTO "revisions" ("id", "statement", "number", "seq", "text", "links", "kind", "depth") VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    'changes': 'INSERT INTO "changes" ("seq", "position", "id", "level", "kind", "document", "path", "path_before", "cause", "group", "substantive", "aspects", "similarity", "moved", "baseline", "absent_since", "message", "returns", "copies", "statement", "statement_id", "before_number", "before_ordinal", "before_row", "before_text", "before_links", "after_number", "after_ordinal", "after_row") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    'sides': 'INSERT INTO "sides" ("seq", "position", "after", "part", "statement", "revision", "ordinal", "text_row") VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
}
