#include "experiments/cmd_describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/error.h"
#include "base/spec.h"
#include "distance/metric.h"
#include "experiments/churn_via.h"
#include "experiments/command_line.h"
#include "experiments/keys_help.h"
#include "experiments/table.h"
#include "graph/codec/codec.h"
#include "graph/layout.h"
#include "graph/order/order.h"
#include "graph/reader.h"
#include "heuristics/registry.h"
#include "kv/open_store.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 1> options = {{
    {.name = "markdown", .description = "the tables of keys as docs/configs.md has them"},
}};

constexpr Command command = {
    .usage = "skerry describe [NAME]... [--markdown]",
    .summary =
        "Describes a key of a config (M, build.threads), or what may stand in one: a policy, "
        "codec,\n"
        "store, metric or view. Without a name, lists all.",
    .options = options,
    .max_positional = 100,
};

/// What may stand in the key of this column.
struct Choice {
  std::string_view column;
  std::string_view name;
  std::string description;
  std::vector<Parameter> parameters;
};

std::vector<Choice> all_choices() {
  std::vector<Choice> choices;
  for (const distance::Metric& metric : distance::metrics()) {
    choices.push_back({"metric", metric.name, std::string(metric.description), {}});
  }
  for (heuristics::PolicyDescription& policy : heuristics::describe_policies()) {
    choices.push_back(
        {policy.slot, policy.name, std::string(policy.description), std::move(policy.parameters)});
  }
  for (const kv::StoreKind& store : kv::store_kinds()) {
    choices.push_back({"store",
                       store.name,
                       std::string(store.description),
                       {store.parameters.begin(), store.parameters.end()}});
  }
  for (const graph::LinkCodec* codec : graph::link_codecs()) {
    choices.push_back({"codec", codec->name(), std::string(codec->description()), {}});
  }
  for (const graph::Order* order : graph::orders()) {
    choices.push_back({"order", order->name(), std::string(order->description()), {}});
  }
  const auto add = [&](std::string_view column, std::span<const SpecKind> kinds) {
    for (const SpecKind& kind : kinds) {
      choices.push_back({column,
                         kind.name,
                         std::string(kind.description),
                         {kind.parameters.begin(), kind.parameters.end()}});
    }
  };
  add("layout", graph::layout_kinds());
  add("via", via_kinds());
  add("view", graph::view_kinds());
  return choices;
}

std::string key_text(const Key& key, const std::vector<Choice>& choices) {
  std::string text = fmt::format("{}.{}: {}\n", key.table, key.name, key.description);
  Table table({Align::left, Align::left});
  table.add({"  default", default_text(key)});
  std::string values = values_text(key);
  std::erase(values, '`');
  if (key.is_number) {
    values = fmt::format(
        "a whole number in {}; \"LOW..HIGH\", \"LOW..HIGH:STEP\", "
        "\"LOW..HIGH*FACTOR\"; \"K*OTHER\"",
        values);
  }
  if (key.check == nullptr) table.add({"  values", values});
  table.add({"  a change redoes", std::string(redone_text(key.stage))});
  table.add({"  column", fmt::format("{} (in results, zip, exclude)", key.column)});
  table.add({"  example", example_text(key)});
  text += table.text();
  Table known({Align::left, Align::left});
  for (const Choice& choice : choices) {
    if (choice.column == key.column) {
      known.add({fmt::format("    {}", choice.name), choice.description});
    }
  }
  const std::string list = known.text();
  return list.empty() ? text : text + "  values\n" + list;
}

std::string choice_text(const Choice& choice) {
  std::string text =
      fmt::format("{} (a value of `{}`): {}\n", choice.name, choice.column, choice.description);
  if (choice.parameters.empty()) return text + "  no parameters\n";
  Table table({Align::left, Align::left, Align::left});
  for (const Parameter& parameter : choice.parameters) {
    table.add({fmt::format("  {}={}", parameter.name, parameter.default_value),
               std::string(parameter.type), std::string(parameter.description)});
  }
  const Parameter& first = choice.parameters.front();
  return text + table.text() +
         fmt::format("  example  {} = \"{}({}={})\"\n", choice.column, choice.name, first.name,
                     first.default_value);
}

std::string described(const std::string& name, const std::vector<Choice>& choices) {
  std::vector<std::string> texts;
  std::vector<std::string_view> known;
  for (const Key& key : keys()) {
    known.push_back(key.name);
    if (key.name == name || key.column == name ||
        fmt::format("{}.{}", key.table, key.name) == name) {
      texts.push_back(key_text(key, choices));
    }
  }
  for (const Choice& choice : choices) {
    known.push_back(choice.name);
    if (choice.name == name) texts.push_back(choice_text(choice));
  }
  if (texts.empty()) throw Error(Code::invalid_argument, unknown_name("name", name, known));
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "\n") + text;
  return all;
}

std::string everything(const std::vector<Choice>& choices) {
  std::string text = keys_help();
  Table table({Align::left, Align::left, Align::left});
  for (const Choice& choice : choices) {
    table.add({fmt::format("  {}", choice.column), std::string(choice.name), choice.description});
  }
  return text + "\nWhat may stand in them:\n" + table.text();
}

}  // namespace

int describe_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  if (parsed.has("markdown")) {
    fmt::print("### [build]\n\n{}\n### [search]\n\n{}", key_table_markdown("build"),
               key_table_markdown("search"));
    return 0;
  }
  const std::vector<Choice> choices = all_choices();
  std::string text = parsed.positional.empty() ? everything(choices) : "";
  for (const std::string& name : parsed.positional) {
    text += (text.empty() ? "" : "\n") + described(name, choices);
  }
  fmt::print("{}", text);
  return 0;
}

}  // namespace skerry::experiments
