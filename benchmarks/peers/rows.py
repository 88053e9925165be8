"""The rows of ours: STORE+VIEW, and more words that VARIANTS explains, such as lmdb+memo+i8."""

from peer import OVERSAMPLE

ONE_BIT_OVERSAMPLE = 16  # signs leave more to the second look
# What a word changes. A view other than frozen walks by codes that the index keeps, as every view
# does by codes that lie inline, so there the encoding changes with the traversal.
VARIANTS = {
    "i8": {"search": {"traversal": "i8", "oversample": OVERSAMPLE}, "encoding": "i8"},
    "i4": {"search": {"traversal": "i4", "oversample": OVERSAMPLE}, "encoding": "i4"},
    "rabitq": {"search": {"traversal": "rabitq", "oversample": ONE_BIT_OVERSAMPLE},
               "encoding": "rabitq"},
    "f16": {"search": {"traversal": "f16", "oversample": OVERSAMPLE}, "encoding": "f16"},
    "together": {"build": {"layout": "together"}},
    "inline": {"build": {"layout": "inline"}},
    "fit": {"build": {"layout": "apart(vectors=fit)"}},
    "2threads": {"search": {"threads": 2}},
    "1builder": {"build": {"threads": 1}},
    "i8build": {"build": {"construction": "i8"}},
}
VIEWS = [
    "memory+frozen", "memory+frozen+i8", "memory+frozen+i4", "memory+frozen+rabitq+inline",
    "memory+frozen+2threads", "memory+frozen+i8+2threads", "memory+frozen+1builder",
    "memory+frozen+i8build", "memory+memo", "lmdb+memo", "lmdb+memo+i8", "lmdb+memo+fit",
    "lmdb+direct", "lmdb+direct+fit", "lmdb+direct+together", "rocksdb+memo", "rocksdb+direct",
    "rocksdb+direct+i4+inline",
]


def words_of(row):
    """(store, view, the words after them); ValueError that says what is wrong with the row."""
    store, *rest = row.split("+")
    if not rest:
        raise ValueError(f"{row}: a row is STORE+VIEW, such as lmdb+memo")
    view, *words = rest
    for word in words:
        if word not in VARIANTS:
            raise ValueError(f"{row}: `{word}` is none of {sorted(VARIANTS)}")
    return store, view, words


def variant_of(row):
    """{"build": {...}, "search": {...}} of what the words after store and view say."""
    _, view, words = words_of(row)
    settings = {"build": {}, "search": {}}
    for word in words:
        for table in settings:
            settings[table].update(VARIANTS[word].get(table, {}))
        if "encoding" in VARIANTS[word] and (view != "frozen" or "inline" in words):
            settings["build"]["encoding"] = VARIANTS[word]["encoding"]
    return settings


def settings_of(row):
    """{"build": {...}, "search": {...}} of all that the row says."""
    store, view, _ = words_of(row)
    variant = variant_of(row)
    return {"build": {"store": store, **variant["build"]},
            "search": {"view": view, **variant["search"]}}


def columns(row):
    """What a row of ours says, by the names that `config` in results has for it."""
    return {
        # Both tables have a key that is named threads.
        "build_threads" if (table, key) == ("build", "threads") else key: value
        for table, values in settings_of(row).items()
        for key, value in values.items()
    }


def settings_left(row, settings):
    """Those of the options KEY=VALUE that a row takes: where its own words say a key, they do."""
    said = {f"{table}.{key}" for table, values in variant_of(row).items() for key in values}
    return [setting for setting in settings if setting.partition("=")[0].strip() not in said]
