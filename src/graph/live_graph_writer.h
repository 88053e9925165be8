#pragma once
// Writing what an update changed: all changes of a LiveGraph as one transaction's records.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "graph/digest.h"
#include "graph/live_graph.h"
#include "graph/packing.h"
#include "kv/store.h"

namespace skerry::graph {

/// Puts the records of one update into one transaction.
class LiveGraphWriter {
 public:
  /// Both outlive this.
  LiveGraphWriter(LiveGraph& graph, kv::Transaction& transaction);

  /// Once. Throws what the transaction reports, with table and key.
  UpdateWork write();

 private:
  using List = LiveGraph::List;

  // Rows, ids and what else belongs to slots: live_graph_writer.cc.
  void rows();
  void row_blocks();
  void codes();
  void lineages();
  void states();
  void ids();
  void items();
  void meta();

  // Lists and in-links: live_graph_writer_links.cc.
  void lists();
  void single(unsigned level, Slot slot, const List& list);
  void packed(Slot block);
  void account(std::uint64_t key, const List& list);
  void reverse();

  void put(kv::TableId table, std::string_view part, Bytes key, Bytes value);
  void erase(kv::TableId table, std::string_view part, Bytes key);
  void done(Code code, std::string_view part, Bytes key, std::size_t value_bytes);

  struct Change {
    std::vector<Slot> lost;
    std::vector<Slot> gained;
  };

  LiveGraph& graph_;
  kv::Transaction& transaction_;
  const std::string& name_;
  Digest digest_;
  Packing packing_;
  UpdateWork work_;
  std::map<std::uint64_t, Change> in_links_;
  std::vector<Slot> lost_;
  std::vector<Slot> gained_;
  std::vector<std::byte> value_;
};

}  // namespace skerry::graph
