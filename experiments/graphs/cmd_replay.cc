#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "distance/metric.h"
#include "experiments/command_line.h"
#include "experiments/graphs/cmd_trace.h"
#include "experiments/graphs/replay.h"
#include "experiments/graphs/trace.h"
#include "experiments/table.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

constexpr std::array<Option, 4> options = {{
    {.name = "ef",
     .value = "LIST",
     .description = "beams, as in 10,20,40 or 10..640 (doubling); default: the recorded one"},
    {.name = "k", .letter = "k", .value = "N", .description = "default: the recorded one"},
    {.name = "termination",
     .letter = "t",
     .value = "RULE",
     .default_value = "ef",
     .description = "ef, distances(n), patience(p), distance_ratio(gamma); may be repeated"},
    {.name = "json", .description = "a JSON object a line instead of a table"},
}};

constexpr Command command = {
    .usage = "skerry replay FILE [--ef LIST] [-k N] [--termination RULE].. [--json]",
    .summary =
        "Recall (by id), distances and hops per query for beams and stopping rules, from a file of "
        "`skerry\ntrace`. Each figure is what a search would give.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
};

/// "A,B,C" or "A..B": A, 2A, 4A, .., and B.
std::vector<std::size_t> beams_of(const std::string& text, std::size_t most) {
  std::vector<std::size_t> beams;
  const std::size_t dots = text.find("..");
  if (dots != text.npos) {
    const std::uint64_t last = whole_number("ef", text.substr(dots + 2), 1, most);
    std::uint64_t beam = whole_number("ef", text.substr(0, dots), 1, last);
    for (; beam < last; beam *= 2) beams.push_back(beam);
    beams.push_back(last);
    return beams;
  }
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    beams.push_back(whole_number("ef", text.substr(from, comma - from), 1, most));
    from = comma + 1;
  }
  return beams;
}

ordered_json replay_all(const TraceFile& file, std::size_t k, std::size_t ef,
                        const Termination& rule) {
  std::uint64_t found = 0;
  graph::SearchWork work;
  for (const Trace& trace : file.traces) {
    const Replayed replayed = replay(trace, file.ef, k, ef, rule);
    const auto end = trace.truth.begin() + static_cast<std::ptrdiff_t>(k);
    for (const Neighbor& hit : replayed.hits) {
      found += std::find(trace.truth.begin(), end, hit.slot) != end ? 1 : 0;
    }
    work.distances += replayed.work.distances;
    work.hops += replayed.work.hops;
  }
  const auto queries = static_cast<double>(std::max<std::size_t>(file.traces.size(), 1));
  return {{"termination", rule.spec()},
          {"ef", ef},
          {"k", k},
          {"recall", static_cast<double>(found) / queries / static_cast<double>(k)},
          {"distances", static_cast<double>(work.distances) / queries},
          {"hops", static_cast<double>(work.hops) / queries}};
}

}  // namespace

int replay_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  std::vector<Termination> rules;
  for (const std::string& spec : parsed.all("termination")) {
    rules.push_back(Termination::parse(spec));
  }
  if (rules.empty()) rules.push_back(Termination::parse("ef"));
  const TraceFile file = read_trace(parsed.positional.front());
  const distance::Metric& metric = distance::metric(file.metric);
  for (Termination& rule : rules) rule.bind(metric.name, metric.non_negative, metric.power);
  const std::size_t k = parsed.has("k") ? whole_number("k", parsed.value("k"), 1, file.truth_depth)
                                        : file.truth_depth;
  if (k == 0) throw Error(Code::invalid_argument, "the trace has no true neighbours");
  const std::vector<std::size_t> beams =
      parsed.has("ef") ? beams_of(parsed.value("ef"), file.ef) : std::vector<std::size_t>{file.ef};

  Table table({Align::left, Align::right, Align::right, Align::right, Align::right});
  table.add({"termination", "ef", "recall", "distances", "hops"});
  for (const Termination& rule : rules) {
    for (const std::size_t beam : beams) {
      // ef < k means ef = k, as in every search here.
      const ordered_json point = replay_all(file, k, std::max(beam, k), rule);
      if (parsed.has("json")) {
        fmt::print("{}\n", point.dump());
        continue;
      }
      table.add({rule.spec(), point["ef"].dump(), fmt::format("{:.4f}", double{point["recall"]}),
                 fmt::format("{:.1f}", double{point["distances"]}),
                 fmt::format("{:.1f}", double{point["hops"]})});
    }
  }
  if (!parsed.has("json")) fmt::print("{}", table.text());
  return 0;
}

}  // namespace skerry::experiments
