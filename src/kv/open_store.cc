#include "kv/open_store.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "base/error.h"
#include "base/size.h"
#include "base/spec.h"
#include "kv/memory_store.h"
#ifdef SKERRY_HAVE_LMDB
#include "kv/lmdb_store.h"
#endif
#ifdef SKERRY_HAVE_ROCKSDB
#include "kv/rocksdb_store.h"
#endif

namespace skerry::kv {

namespace {

void nothing(const Arguments&, StoreOptions&) {}

[[maybe_unused]] Error wrong(std::string_view policy, std::string_view parameter,
                             std::string_view value, std::string_view right) {
  return {Code::invalid_argument, fmt::format("`{}`: parameter `{}` is `{}`; it must be {}", policy,
                                              parameter, value, right)};
}

#ifdef SKERRY_HAVE_LMDB
constexpr std::array<Parameter, 2> lmdb_parameters = {{
    {"readahead", "bool", "true", "the system reads ahead of what is touched in the map"},
    {"sync", "word", "full", "commits reach the disk: full, meta (all but the last) or none"},
}};

void configure_lmdb(const Arguments& arguments, StoreOptions& options) {
  options.read_ahead = arguments.boolean("readahead");
  if (arguments.is("sync", "none")) {
    options.most = Durability::process;
  } else if (arguments.is("sync", "meta")) {
    options.most = Durability::ordered;
  } else if (!arguments.is("sync", "full")) {
    throw wrong("lmdb", "sync", arguments.word("sync"), "full, meta or none");
  }
}
#endif

#ifdef SKERRY_HAVE_ROCKSDB
constexpr std::array<Parameter, 6> rocksdb_parameters = {{
    {"cache", "word", "256MiB", "block cache: a number with KiB, MiB or GiB"},
    {"block", "word", "4KiB", "data block, likewise, 1KiB..1GiB"},
    {"bloom", "int", "0", "bits a key of a Bloom filter, 0..32; 0: none"},
    {"compression", "word", "none", "none, lz4, zstd or snappy"},
    {"mmap", "bool", "true", "search maps the files, for views that stay in place"},
    {"readahead", "bool", "false", "the system reads ahead in the files"},
}};

void configure_rocksdb(const Arguments& arguments, StoreOptions& options) {
  options.cache_bytes = parse_size(arguments.word("cache"));
  const std::uint64_t block = parse_size(arguments.word("block"));
  if (block < 1024 || block > (std::uint64_t{1} << 30)) {
    throw wrong("rocksdb", "block", arguments.word("block"), "1KiB..1GiB");
  }
  options.block_bytes = static_cast<std::uint32_t>(block);
  options.bloom_bits = static_cast<std::uint32_t>(arguments.integer("bloom", 0, 32));
  options.compression = arguments.word("compression");
  check_rocksdb_compression(options.compression);
  options.mmap = arguments.boolean("mmap");
  options.read_ahead = arguments.boolean("readahead");
}
#endif

const StoreKind& kind_of(const Spec& spec) {
  std::vector<std::string_view> known;
  for (const StoreKind& candidate : store_kinds()) {
    if (candidate.name == spec.name) return candidate;
    known.push_back(candidate.name);
  }
  throw Error(Code::invalid_argument, unknown_name("store", spec.name, known));
}

}  // namespace

std::span<const StoreKind> store_kinds() {
  static const std::vector<StoreKind> kinds = {
      {"memory",
       "ordered maps in memory; nothing survives the process",
       "",
       false,
       {},
       &nothing,
       &open_memory_store},
#ifdef SKERRY_HAVE_LMDB
      {"lmdb", "memory-mapped B+ trees, copy on write", lmdb_version(), true, lmdb_parameters,
       &configure_lmdb, &open_lmdb_store},
#endif
#ifdef SKERRY_HAVE_ROCKSDB
      {"rocksdb", "log-structured merge trees", rocksdb_version(), true, rocksdb_parameters,
       &configure_rocksdb, &open_rocksdb_store},
#endif
  };
  return kinds;
}

void check_store_spec(std::string_view text) {
  const Spec spec = Spec::parse(text);
  const StoreKind& kind = kind_of(spec);
  StoreOptions options;
  kind.configure(Arguments(spec, kind.parameters), options);
}

ViewLife reader_view_life(std::string_view text) {
  const Spec spec = Spec::parse(text);
  const StoreKind& kind = kind_of(spec);
  StoreOptions options;
  kind.configure(Arguments(spec, kind.parameters), options);
  const bool mapped = options.mmap && options.compression == "none";
  return kind.name == "rocksdb" && !mapped ? ViewLife::scope : ViewLife::snapshot;
}

std::unique_ptr<Store> open_store(std::string_view text, const StoreOptions& options) {
  const Spec spec = Spec::parse(text);
  const StoreKind& kind = kind_of(spec);
  const Arguments arguments(spec, kind.parameters);
  StoreOptions configured = options;
  if (!spec.arguments.empty()) kind.configure(arguments, configured);
  return kind.open(configured);
}

std::string_view detect_store(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::exists(path / "data.mdb", error)) return "lmdb";
  if (std::filesystem::exists(path / "CURRENT", error)) return "rocksdb";
  throw Error(Code::not_found, "there is no store here (neither data.mdb nor CURRENT)",
              {.path = path.string()});
}

}  // namespace skerry::kv
