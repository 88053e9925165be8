#include "python/index.h"

#include <fmt/format.h>

#include "base/error.h"

namespace skerry::python {

namespace {

std::string_view chosen_view(std::string_view view, kv::ViewLife life) {
  if (view != "auto") return view;
  return graph::view_supported("memo", life) ? "memo" : "frozen";
}

/// Throws what Metric::encode() throws, with the item's id, before anything is staged.
void check_vectors(const distance::Metric& metric, std::size_t dimension,
                   std::span<const ItemId> ids, Bytes vectors) {
  const std::size_t bytes = metric.vector_bytes(dimension);
  std::vector<std::byte> row(metric.row_bytes(dimension));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    try {
      metric.encode(vectors.subspan(i * bytes, bytes), dimension, row.data());
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("item {}: {}", ids[i], error.what()));
    }
  }
}

}  // namespace

std::shared_ptr<kv::Store> Index::create(const StorePlace& place, const std::string& name,
                                         const graph::IndexOptions& options) {
  // Options that mean nothing are found before there is a directory.
  graph::Writer::create(*open_shared({.path = {}, .spec = "memory"}), name, options);
  std::shared_ptr<kv::Store> store = open_shared(place);
  graph::Writer::create(*store, name, options);
  return store;
}

Index::Index(std::shared_ptr<kv::Store> store, std::string name, std::string view, bool read_only)
    : name_(std::move(name)),
      view_(std::move(view)),
      read_only_(read_only),
      store_(std::move(store)) {
  if (read_only_) {
    (void)searched();
  } else {
    writer_ = std::make_unique<graph::Writer>(*store_, name_);
  }
}

std::shared_ptr<kv::Store> Index::store() const {
  const std::lock_guard lock(changing_);
  if (!store_) throw Error(Code::closed, fmt::format("index `{}` is closed", name_));
  return store_;
}

template <class Call>
auto Index::write(Call&& call) const {
  if (writing_thread_.load() == std::this_thread::get_id()) {
    throw Error(
        Code::busy,
        fmt::format("index `{}` is at work; a report of its progress cannot change it", name_));
  }
  const std::lock_guard lock(writing_);
  const std::shared_ptr<kv::Store> open = store();
  if (!writer_) {
    throw Error(Code::unsupported, fmt::format("index `{}` is open for reading only", name_));
  }

  struct Mark {
    explicit Mark(std::atomic<std::thread::id>& thread) : thread_(thread) {
      thread_ = std::this_thread::get_id();
    }

    ~Mark() { thread_ = std::thread::id(); }

    std::atomic<std::thread::id>& thread_;
  };

  const Mark mark(writing_thread_);
  return call(*writer_);
}

void Index::add(std::span<const ItemId> ids, Bytes vectors) {
  write([&](graph::Writer& writer) {
    const graph::Meta& meta = writer.meta();
    const distance::Metric& metric = distance::metric(meta.metric);
    check_vectors(metric, meta.dimension, ids, vectors);
    const std::size_t bytes = metric.vector_bytes(meta.dimension);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      writer.add(ids[i], vectors.subspan(i * bytes, bytes));
    }
  });
}

std::size_t Index::erase(std::span<const ItemId> ids) {
  return write([&](graph::Writer& writer) {
    std::size_t erased = 0;
    for (const ItemId id : ids) erased += writer.erase(id) ? 1 : 0;
    return erased;
  });
}

void Index::clear() {
  write([](graph::Writer& writer) { writer.clear(); });
}

void Index::save() {
  write([](graph::Writer& writer) { writer.save(); });
}

void Index::discard() {
  write([](graph::Writer& writer) { writer.discard(); });
}

bool Index::need_build() const {
  if (read_only_) return searched()->reader().meta().staged > 0;
  return write([](graph::Writer& writer) { return writer.need_build(); });
}

graph::BuildReport Index::build(unsigned threads, const Progress& progress) {
  return write([&](graph::Writer& writer) {
    writer.set_threads(threads);
    const graph::BuildReport report = writer.build(kv::Durability::power, progress);
    forget_searched();
    return report;
  });
}

graph::BuildReport Index::rebuild(const graph::IndexOptions& options, unsigned threads,
                                  const Progress& progress) {
  return write([&](graph::Writer& writer) {
    writer.set_threads(threads);
    const graph::BuildReport report = writer.rebuild(options, kv::Durability::power, progress);
    forget_searched();
    return report;
  });
}

graph::UpdateWork Index::consolidate(const std::string& repair, unsigned threads,
                                     const Progress& progress) {
  return write([&](graph::Writer& writer) {
    writer.set_threads(threads);
    const graph::UpdateWork work = writer.consolidate(repair, kv::Durability::power, progress);
    forget_searched();
    return work;
  });
}

graph::IndexOptions Index::options() const {
  if (read_only_) return graph::options_of(searched()->reader().meta());
  return write([](graph::Writer& writer) { return writer.options(); });
}

std::size_t Index::size() const {
  if (read_only_) return searched()->reader().meta().items;
  return write([](graph::Writer& writer) { return writer.size(); });
}

bool Index::contains(ItemId id) const {
  if (read_only_) return searched()->reader().index().slot_of(id).has_value();
  return write([&](graph::Writer& writer) { return writer.contains(id); });
}

std::optional<std::vector<std::byte>> Index::vector(ItemId id) const {
  if (read_only_) return searched()->vector(id);
  return write([&](graph::Writer& writer) { return writer.vector(id); });
}

std::shared_ptr<SearchState> Index::searched() const {
  const std::shared_ptr<kv::Store> open = store();
  const std::lock_guard lock(changing_);
  if (!searched_) {
    searched_ =
        std::make_shared<SearchState>(open, name_, chosen_view(view_, open->traits().view_life));
  }
  return searched_;
}

void Index::forget_searched() const {
  std::shared_ptr<SearchState> last;  // ends outside the lock
  const std::lock_guard lock(changing_);
  last.swap(searched_);
}

void Index::refresh() {
  (void)store();
  if (!read_only_) {
    write([](graph::Writer& writer) { writer.refresh(); });
  }
  forget_searched();
}

void Index::close() {
  if (closed()) return;
  const auto end = [this] {
    forget_searched();
    const std::lock_guard lock(changing_);
    writer_.reset();
    store_.reset();
  };
  if (read_only_) return end();
  write([&](graph::Writer& writer) {
    writer.save();
    end();
  });
}

bool Index::closed() const {
  const std::lock_guard lock(changing_);
  return store_ == nullptr;
}

}  // namespace skerry::python
