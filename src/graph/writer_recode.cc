// Another encoding for an index that keeps its links.

#include <fmt/format.h>

#include "base/error.h"
#include "graph/codes.h"
#include "graph/layout.h"
#include "graph/writer.h"

namespace skerry::graph {

UpdateWork Writer::recode(std::string_view encoding, kv::Durability durability,
                          const Progress& progress) {
  const std::string table = table_name(name_, "codes");
  const distance::Encoding* const wanted =
      find_encoding(encoding, index().metric(), index().meta().dimension);
  if (wanted != nullptr && !tables_.codes) {
    tables_.codes = store_->table(table);
    index_.reset();  // its snapshot need not know the table
  }
  const std::unique_ptr<kv::Transaction> transaction = begin();
  const StoredIndex& stored = index();
  if (stored.meta().layout.codes_inline) {
    throw Error(Code::unsupported,
                fmt::format("index `{}` has layout `inline`: its codes lie beside the links, too, "
                            "and cannot be exchanged; write it anew with the other encoding",
                            name_));
  }
  UpdateWork work;
  const auto check = [&](Code code, Bytes key) {
    if (code == Code::ok) return;
    throw Error(code, fmt::format("writing codes failed: {}", skerry::name(code)),
                {.table = table, .key = to_hex(key)});
  };
  const auto put = [&](Bytes key, Bytes value) {
    check(transaction->put(*tables_.codes, key, value), key);
    ++work.records;
    work.bytes += key.size() + value.size();
  };
  if (tables_.codes) check(transaction->erase_range(*tables_.codes, {}, {}), {});
  if (wanted != nullptr && stored.meta().slots > 0) {
    const Rows rows = stored.load_rows();
    const distance::Encoder encoder = train_encoder(*wanted, rows, stored.dead());
    put(mean_key, mean_value(encoder));
    std::vector<std::byte> code(encoder.code_bytes());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i % 1000 == 0) {
        if (progress.cancelled()) throw Error(Code::cancelled, "recoding was cancelled");
        progress.tell("recode", i, rows.size());
      }
      const auto slot = static_cast<Slot>(i);
      if (stored.dead().vacant(slot)) continue;
      encoder.encode(rows[slot], code.data());
      put(VectorKey(slot).bytes, code);
    }
  }
  Meta meta = stored.meta();
  meta.encoding = wanted != nullptr ? wanted->name : plain_encoding(stored.metric());
  put_meta(*transaction, meta);
  transaction->commit(durability);
  if (wanted == nullptr) tables_.codes.reset();
  index_.reset();
  return work;
}

}  // namespace skerry::graph
