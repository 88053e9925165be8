#include "experiments/graphs/hannoy.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "experiments/graphs/hannoy_records.h"

namespace skerry::experiments {

namespace {

/// Puts rows in the place of ids.
class HannoyGraph {
 public:
  HannoyGraph(HannoyRecords records, std::string path)
      : records_(std::move(records)), path_(std::move(path)) {
    // A deletion of an entry point can lower the top level and leave the lists above it behind.
    const auto above = [&](const HannoyRecords::List& list) {
      return list.layer > records_.top_level;
    };
    left_out_ = std::erase_if(records_.lists, above);
  }

  ForeignGraph take() {
    GraphAssembler assembler(path_, bounds(), tops());
    std::vector<std::int64_t> rows;
    for (const HannoyRecords::List& list : records_.lists) {
      rows.clear();
      for (std::size_t i = list.begin; i < list.end; ++i) rows.push_back(row(records_.targets[i]));
      assembler.set_links(list.layer, static_cast<std::size_t>(row(list.item)), rows);
    }
    rows.clear();
    for (const std::uint32_t id : records_.entry_points) rows.push_back(row(id));
    const unsigned top = assembler.graph().top_level();
    if (!records_.ids.empty() && top != records_.top_level) {
      fail(fmt::format("its top level is {}, its lists reach {}", records_.top_level, top));
    }
    ForeignGraph result = assembler.finish("hannoy", rows);
    result.dimension = records_.dimension;
    result.vectors = std::move(records_.vectors);
    add_notes(result.notes);
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Code::corrupt, "the index of hannoy is damaged: " + what, {.path = path_});
  }

  std::int64_t row(std::uint32_t id) const {
    const auto found = records_.row_of(id);
    if (!found) fail(fmt::format("item {} has links or is linked, but has no vector", id));
    return static_cast<std::int64_t>(*found);
  }

  std::vector<unsigned> tops() const {
    std::vector<unsigned> tops(records_.ids.size());
    for (const HannoyRecords::List& list : records_.lists) {
      unsigned& top = tops[static_cast<std::size_t>(row(list.item))];
      top = std::max<unsigned>(top, list.layer);
    }
    // Keys are unique, so that this many lists are one for each item and level.
    std::size_t expected = tops.size();
    for (const unsigned top : tops) expected += top;
    if (records_.lists.size() != expected) {
      fail(fmt::format("{} lists of links; its items and levels need {}", records_.lists.size(),
                       expected));
    }
    return tops;
  }

  graph::DegreeBounds bounds() const {
    std::size_t upper = 1;
    std::size_t base = 1;
    for (const HannoyRecords::List& list : records_.lists) {
      std::size_t& longest = list.layer == 0 ? base : upper;
      longest = std::max(longest, list.end - list.begin);
    }
    return {static_cast<std::uint32_t>(upper), static_cast<std::uint32_t>(std::max(upper, base))};
  }

  void add_notes(std::vector<std::string>& notes) const {
    notes.push_back(fmt::format("{} of hannoy {}, built for {}", records_.name, records_.version,
                                records_.metric));
    notes.push_back("M and M0 are those of the longest lists: hannoy does not store its own");
    const std::vector<std::uint32_t>& ids = records_.ids;
    if (!ids.empty() && ids.back() != ids.size() - 1) {
      notes.push_back(
          fmt::format("ids are {}..{}: item i here is the i-th smallest", ids.front(), ids.back()));
    }
    if (left_out_ > 0) {
      notes.push_back(
          fmt::format("lists above the top level {}, which hannoy does not search, "
                      "left out: {}",
                      records_.top_level, left_out_));
    }
  }

  HannoyRecords records_;
  std::string path_;
  std::size_t left_out_ = 0;
};

}  // namespace

ForeignGraph read_hannoy(const HannoyChoice& choice) {
  return HannoyGraph(read_hannoy_records(choice), choice.file.string()).take();
}

}  // namespace skerry::experiments
