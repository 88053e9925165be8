#include "experiments/graphs/foreign_graph.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"

namespace skerry::experiments {

namespace {

constexpr std::uint32_t longest_list = 4096;  // as BuildParameters::validate() has it
constexpr unsigned highest_level = 63;

}  // namespace

GraphAssembler::GraphAssembler(std::string path, graph::DegreeBounds bounds,
                               const std::vector<unsigned>& tops)
    : path_(std::move(path)), graph_(bounds) {
  if (bounds.M < 1 || bounds.M0 < bounds.M || bounds.M0 > longest_list) {
    fail(fmt::format("M is {} and M0 is {}; 1 <= M <= M0 <= {} must hold", bounds.M, bounds.M0,
                     longest_list));
  }
  if (tops.size() >= max_slots) fail(fmt::format("it has {} items, too many", tops.size()));
  graph_.reserve(tops.size());
  for (std::size_t item = 0; item < tops.size(); ++item) {
    if (tops[item] > highest_level) {
      fail(fmt::format("item {} is on level {}; the highest is {}", item, tops[item],
                       highest_level));
    }
    graph_.add_item(tops[item]);
  }
  seen_.resize(tops.size());
}

void GraphAssembler::fail(const std::string& what) const {
  throw Error(Code::corrupt, "the graph cannot be used: " + what, {.path = path_});
}

void GraphAssembler::set_links(unsigned level, std::size_t item,
                               const std::vector<std::int64_t>& targets) {
  const auto refuse = [&](const std::string& what) {
    fail(fmt::format("item {}, level {}: {}", item, level, what));
  };
  if (item >= graph_.size()) refuse(fmt::format("there are {} items", graph_.size()));
  const auto slot = static_cast<Slot>(item);
  if (level > graph_.top_of(slot)) {
    refuse(fmt::format("the item's top level is {}", graph_.top_of(slot)));
  }
  if (++list_ == 0) {
    seen_.assign(seen_.size(), 0);
    list_ = 1;
  }
  kept_.clear();
  for (const std::int64_t target : targets) {
    if (target < 0 || static_cast<std::uint64_t>(target) >= graph_.size()) {
      refuse(fmt::format("a link leads to {}; items are 0..{}", target, graph_.size() - 1));
    }
    const auto to = static_cast<Slot>(target);
    if (graph_.top_of(to) < level) {
      refuse(fmt::format("a link leads to item {}, which is not on the level", to));
    }
    if (to == slot) {
      ++self_links_;
    } else if (std::exchange(seen_[to], list_) == list_) {
      ++repeated_links_;
    } else {
      kept_.push_back(to);
    }
  }
  if (kept_.size() > graph_.bounds().at(level)) {
    refuse(fmt::format("{} links, the bound is {}", kept_.size(), graph_.bounds().at(level)));
  }
  graph_.set_links(level, slot, kept_);
}

ForeignGraph GraphAssembler::finish(std::string format,
                                    const std::vector<std::int64_t>& entry_points) {
  if (entry_points.empty() != (graph_.size() == 0)) {
    fail(fmt::format("{} items and {} entry points", graph_.size(), entry_points.size()));
  }
  std::vector<Slot> entries;
  for (const std::int64_t entry : entry_points) {
    if (entry < 0 || static_cast<std::uint64_t>(entry) >= graph_.size() ||
        graph_.top_of(static_cast<Slot>(entry)) != graph_.top_level()) {
      fail(fmt::format("entry point {} is no item of the top level", entry));
    }
    const auto slot = static_cast<Slot>(entry);
    for (const Slot earlier : entries) {
      if (earlier == slot) fail(fmt::format("entry point {} is given twice", entry));
    }
    entries.push_back(slot);
    if (entries.size() > longest_list) fail("it has more than 4096 entry points");
  }
  graph_.set_entry_points(std::move(entries));
  ForeignGraph result{std::move(graph_), std::move(format), {}, 0, {}};
  if (self_links_ > 0) {
    result.notes.push_back(fmt::format("links from an item to itself, dropped: {}", self_links_));
  }
  if (repeated_links_ > 0) {
    result.notes.push_back(
        fmt::format("links given twice in a list, dropped: {}", repeated_links_));
  }
  return result;
}

}  // namespace skerry::experiments
