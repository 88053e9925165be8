#pragma once
// The store under an index: which one lies in a directory, and how `skerry index` opens it.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "experiments/command_line.h"
#include "graph/meta.h"
#include "kv/store.h"

namespace skerry::experiments {

// Options that several commands have.
inline constexpr Option name_option = {
    .name = "name", .value = "INDEX", .default_value = "main", .description = "which index"};
inline constexpr Option threads_option = {
    .name = "threads", .value = "N", .default_value = "1", .description = "threads that work"};
inline constexpr Option json_option = {.name = "json",
                                       .description = "a JSON object instead of text"};
inline constexpr Option durability_option = {
    .name = "durability",
    .value = "WORD",
    .default_value = "power",
    .description = "what the change survives: none, process, ordered or power, see below"};

/// What the words of --durability promise.
inline constexpr std::string_view durability_help =
    "What a change that has ended well survives (--durability)\n"
    "  none     no promise beyond this process; rocksdb gives `process`\n"
    "  process  the end of any process, kill -9 too; not the loss of power\n"
    "  ordered  after a loss of power the index is as it was at some earlier moment\n"
    "  power    the loss of power\n"
    "Whichever it is, a change that does not end well leaves the index as it was. With lmdb a "
    "loss\n"
    "of power after `none` or `process` may damage the store: keep these for what can be made "
    "again.\n";

/// Throws Error{invalid_argument} that names the nearest word and lists all.
kv::Durability durability_of(const Parsed& parsed);

unsigned threads_of(const Parsed& parsed);

/// Throws Error{invalid_argument} that names the option when it is missing.
std::string needed(const Parsed& parsed, std::string_view option);

/// Opens the store in `path` for reading only; nothing in it is changed. What another process
/// writes meanwhile is not seen. A RocksDB store that a crash left with a log is opened for writing
/// once, which brings the log into its files. Throws Error: not_found, and what opening throws.
std::unique_ptr<kv::Store> open_to_read(const std::filesystem::path& path);

/// Opens the store in `path` for writing. Throws Error: not_found, and what opening throws: busy
/// when another process has a RocksDB store open for writing. (LMDB waits for the other's
/// transaction to end.)
std::unique_ptr<kv::Store> open_to_write(const std::filesystem::path& path);

/// "10,000 items, graph digest 0123..", for the last line of what a change prints.
std::string state_text(const graph::Meta& meta);

}  // namespace skerry::experiments
