#include "experiments/open_layout.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "experiments/cost/engine_sums.h"
#include "experiments/cost/file_cache.h"
#include "experiments/cost/process_io.h"
#include "experiments/describe_layout.h"
#include "graph/codes.h"
#include "graph/digest.h"
#include "graph/stored_index.h"
#include "kv/counting_store.h"
#include "kv/open_store.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

OpenLayout::OpenLayout(const Settings& settings, const std::filesystem::path& path,
                       const std::function<void(kv::Store&)>& fill)
    : kind_(settings.word("store")), path_(path) {
  store_ = kv::open_store(kind_, {.path = path_, .create = true, .counters = true});
  const std::unique_ptr<kv::CountingStore> counting = kv::count(*store_);
  const ProcessIo before = process_io();
  const auto start = std::chrono::steady_clock::now();
  fill(*counting);
  store_->sync();
  seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  logical_bytes_ = counting->counts().bytes_written;
  const kv::Traits traits = store_->traits();
  persistent_ = traits.persistent;
  // A store whose views do not last as long as the snapshot gives lasting ones when read-only.
  read_only_ = persistent_ && traits.view_life == kv::ViewLife::scope;
  if (!persistent_) return;
  // Closing would flush an LSM tree, and end its counters: done here, they tell of it.
  for (const std::string& name : store_->tables()) store_->table_stats(store_->table(name));
  engine_ = store_->engine_counters();
  store_.reset();
  const ProcessIo spent = process_io() - before;
  written_bytes_ = spent.written_bytes;
  io_counted_ = spent.counted;
  open();
}

void OpenLayout::open(bool counters) {
  if (store_) return;
  store_ = kv::open_store(kind_, {.path = path_, .read_only = read_only_, .counters = counters});
}

void OpenLayout::reopen(bool counters) {
  if (!persistent_) return;
  store_.reset();
  open(counters);
}

ordered_json OpenLayout::describe(const std::string& wanted) {
  const graph::StoredIndex index(*store_, index_name);
  const std::string digest = wanted.empty() ? index.meta().digest : wanted;
  const graph::Graph stored = index.load_graph();
  const std::string found = graph::graph_digest(stored, index.ids().load());
  if (found != digest || index.meta().digest != digest) {
    throw Error(
        Code::corrupt, "the store does not give back the graph that was written",
        {.expected = digest, .found = found == digest ? index.meta().digest + " (meta)" : found});
  }
  ordered_json described = describe_layout(*store_, index, stored);
  described["kind"] = "layout";
  described["digest"] = digest;
  described["seconds"] = seconds_;
  described["disk_bytes"] = store_->size_on_disk();
  described["write"] = {{"logical_bytes", logical_bytes_}};
  if (persistent_ && io_counted_) {
    described["write"]["storage_bytes"] = written_bytes_;
    described["write"]["amplification"] =
        static_cast<double>(written_bytes_) /
        static_cast<double>(std::max<std::uint64_t>(1, logical_bytes_));
  }
  described["write"]["engine"] = engine_json(engine_, 1);
  described["write"]["engine_amplification"] =
      amplification(engine_, kv::CounterKind::written, logical_bytes_);
  return described;
}

ordered_json OpenLayout::compacted() {
  if (!persistent_) return {{"skipped", "the store is in memory"}};
  // The copy, and what an engine needs while it rewrites it.
  const std::uint64_t needed = 2 * store_->size_on_disk();
  if (std::filesystem::space(path_).available < needed) {
    return {{"skipped", "the disk has no room for a copy"}};
  }
  std::filesystem::path copy = path_;
  copy += ".compacted";
  std::filesystem::remove_all(copy);  // of a run that was stopped
  ordered_json described;
  store_.reset();
  try {
    kv::open_store(kind_, {.path = path_})->compact_copy(copy);
    const std::unique_ptr<kv::Store> store =
        kv::open_store(kind_, {.path = copy, .read_only = read_only_});
    described = describe_compacted(*store, graph::StoredIndex(*store, index_name));
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove_all(copy, ignored);
    throw;
  }
  std::filesystem::remove_all(copy);
  open();
  return described;
}

double OpenLayout::close_cold() {
  if (!persistent_) return 1;
  store_.reset();
  evict(path_);
  return resident_share(path_);
}

}  // namespace skerry::experiments
