#include "experiments/cmd_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/spec.h"
#include "distance/metric.h"
#include "experiments/command_line.h"
#include "experiments/synthetic.h"
#include "experiments/table.h"
#include "graph/codec/codec.h"
#include "graph/reader.h"
#include "heuristics/registry.h"
#include "kv/open_store.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

constexpr std::array<Option, 1> options = {{
    {.name = "json", .description = "a JSON object instead of text"},
}};

constexpr Command command = {
    .usage = "skerry list [KIND] [--json]",
    .summary =
        "Lists what a config may name. Kinds: datasets, stores, selections, overflows, levels,\n"
        "schedules, metrics, codecs, views.",
    .options = options,
    .max_positional = 1,
};

struct Entry {
  std::string name;
  std::string description;
  std::vector<Parameter> parameters;
};

struct Kind {
  std::string_view name;
  std::vector<Entry> entries;
};

std::vector<Entry> policies(std::string_view slot) {
  std::vector<Entry> entries;
  for (const heuristics::PolicyDescription& policy : heuristics::describe_policies()) {
    if (policy.slot != slot) continue;
    entries.push_back(
        {std::string(policy.name), std::string(policy.description), policy.parameters});
  }
  return entries;
}

std::vector<Kind> all_kinds() {
  std::vector<Kind> kinds;
  kinds.push_back({"datasets", {}});  // specs of synthetic data; files are named by their path
  for (const SyntheticKind* law : synthetic_kinds()) {
    kinds.back().entries.push_back({std::string(law->name),
                                    std::string(law->description),
                                    {law->parameters.begin(), law->parameters.end()}});
  }
  kinds.push_back({"stores", {}});
  for (const kv::StoreKind& store : kv::store_kinds()) {
    std::string description(store.description);
    if (!store.version.empty()) description += fmt::format(" ({})", store.version);
    kinds.back().entries.push_back(
        {std::string(store.name), description, {store.parameters.begin(), store.parameters.end()}});
  }
  kinds.push_back({"selections", policies("selection")});
  kinds.push_back({"overflows", policies("overflow")});
  kinds.push_back({"levels", policies("levels")});
  kinds.push_back({"repairs", policies("repair")});
  kinds.push_back({"schedules", policies("schedule")});
  kinds.push_back({"metrics", {}});
  for (const distance::Metric& metric : distance::metrics()) {
    kinds.back().entries.push_back({std::string(metric.name), std::string(metric.description), {}});
  }
  kinds.push_back({"codecs", {}});
  for (const graph::LinkCodec* codec : graph::link_codecs()) {
    kinds.back().entries.push_back(
        {std::string(codec->name()), std::string(codec->description()), {}});
  }
  kinds.push_back({"views", {}});
  for (const SpecKind& view : graph::view_kinds()) {
    kinds.back().entries.push_back({std::string(view.name),
                                    std::string(view.description),
                                    {view.parameters.begin(), view.parameters.end()}});
  }
  return kinds;
}

std::string kinds_text(std::span<const Kind> kinds) {
  std::string text;
  for (const Kind& kind : kinds) {
    Table table({Align::left, Align::left});
    for (const Entry& entry : kind.entries) {
      table.add({"  " + entry.name, entry.description});
      for (const Parameter& parameter : entry.parameters) {
        table.add({fmt::format("    {}={}", parameter.name, parameter.default_value),
                   std::string(parameter.description)});
      }
    }
    text += fmt::format("{}{}\n{}", text.empty() ? "" : "\n", kind.name, table.text());
  }
  return text;
}

ordered_json kinds_json(std::span<const Kind> kinds) {
  ordered_json object = ordered_json::object();
  for (const Kind& kind : kinds) {
    ordered_json entries = ordered_json::array();
    for (const Entry& entry : kind.entries) {
      ordered_json parameters = ordered_json::array();
      for (const Parameter& parameter : entry.parameters) {
        parameters.push_back({{"name", parameter.name},
                              {"type", parameter.type},
                              {"default", parameter.default_value},
                              {"description", parameter.description}});
      }
      entries.push_back({{"name", entry.name},
                         {"description", entry.description},
                         {"parameters", std::move(parameters)}});
    }
    object[std::string(kind.name)] = std::move(entries);
  }
  return object;
}

}  // namespace

int list_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  std::vector<Kind> kinds = all_kinds();
  if (!parsed.positional.empty()) {
    const std::string& wanted = parsed.positional.front();
    std::vector<std::string_view> names;
    for (const Kind& kind : kinds) names.push_back(kind.name);
    if (std::find(names.begin(), names.end(), wanted) == names.end()) {
      throw Error(Code::invalid_argument, unknown_name("kind", wanted, names));
    }
    std::erase_if(kinds, [&](const Kind& kind) { return kind.name != wanted; });
  }
  if (parsed.has("json")) {
    fmt::print("{}\n", kinds_json(kinds).dump(2));
  } else {
    fmt::print("{}", kinds_text(kinds));
  }
  return 0;
}

}  // namespace skerry::experiments
