#include "experiments/cmd_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/parallel.h"
#include "base/spec.h"
#include "base/types.h"
#include "experiments/cmd_dataset_get.h"
#include "experiments/cmd_dataset_hardness.h"
#include "experiments/command_line.h"
#include "experiments/dataset.h"
#include "experiments/formats/matrix_writer.h"
#include "experiments/formats/sources.h"
#include "experiments/ground_truth.h"
#include "experiments/progress_line.h"
#include "experiments/table.h"

namespace skerry::experiments {

namespace {

constexpr std::string_view format_help =
    "Formats, by extension: hdf5, h5 (ann-benchmarks); fvecs, ivecs, bvecs (TEXMEX); fbin, u8bin,\n"
    "i8bin, ibin (big-ann-benchmarks); npy.\n";

constexpr std::array<Option, 1> info_options = {{
    {.name = "json", .description = "a JSON array of objects instead of text"},
}};

constexpr Command info = {
    .usage = "skerry dataset info FILE... [--json]",
    .summary =
        "Prints format, metric and shape. Reads no vectors. FILE may be a name of `skerry dataset\n"
        "list`, too, or a spec, such as \"uniform(n=10000, d=32)\".",
    .options = info_options,
    .min_positional = 1,
    .max_positional = 10'000,
    .epilogue = format_help,
};

constexpr std::array<Option, 6> groundtruth_options = {{
    {.name = "metric", .value = "NAME", .description = "default: the one that FILE declares"},
    {.name = "k", .value = "K", .default_value = "100", .description = "neighbours of each query"},
    {.name = "queries",
     .value = "FILE",
     .description = "for formats that hold one matrix; or base(count=100): drawn from FILE"},
    {.name = "limit",
     .value = "N",
     .default_value = "0",
     .description = "among the first N vectors; 0: all"},
    {.name = "threads", .value = "N", .description = "default: all of the machine"},
    {.name = "output", .letter = "o", .value = "OUT.ibin", .description = "required"},
}};

constexpr Command groundtruth = {
    .usage = "skerry dataset groundtruth FILE --metric NAME --k K -o OUT.ibin",
    .summary =
        "Computes the true neighbours of all queries by brute force, and writes ids and "
        "distances\n(L2, 1 - cos, -dot, L1, differing bits) as big-ann-benchmarks do. What "
        "FILE itself says of\nneighbours is neither read nor checked.",
    .options = groundtruth_options,
    .min_positional = 1,
    .max_positional = 1,
    .epilogue = format_help,
};

constexpr std::array<Option, 1> convert_options = {{
    {.name = "what",
     .value = "PART",
     .default_value = "train",
     .description = "of an HDF5 file: train, test, neighbors or distances"},
}};

constexpr Command convert_file = {
    .usage = "skerry dataset convert IN OUT [--what PART]",
    .summary =
        "Writes the matrix of one file in the format of another; HDF5 is read, not written. "
        "Floats are\nrounded to f32 where OUT holds f32; integers stay exact, or the "
        "conversion is refused.",
    .options = convert_options,
    .min_positional = 2,
    .max_positional = 2,
    .epilogue = format_help,
};

/// A text that names no file is a spec if it has a parenthesis, and else a name if it has no
/// extension.
DatasetRequest request_of(const std::string& source) {
  DatasetRequest request;
  std::error_code ignored;
  if (std::filesystem::exists(source, ignored)) {
    request.path = source;
  } else if (source.find('(') != std::string::npos) {
    request.spec = source;
  } else if (source.find_first_of("./") == std::string::npos) {
    request.name = source;
  } else {
    request.path = source;
  }
  return request;
}

int run_info(const Parsed& parsed) {
  Table table({Align::left, Align::left, Align::left, Align::right, Align::right, Align::right,
               Align::right});
  table.add({"file", "format", "metric", "vectors", "dimension", "queries", "truth"});
  nlohmann::ordered_json objects = nlohmann::ordered_json::array();
  const auto known = [](std::size_t number) { return number == 0 ? "-" : grouped(number); };
  for (const std::string& source : parsed.positional) {
    const DatasetInfo found = dataset_info(request_of(source));
    table.add({source, found.format, found.declared_metric.empty() ? "-" : found.declared_metric,
               grouped(found.rows), grouped(found.dimension), known(found.queries),
               known(found.truth_depth)});
    objects.push_back({{"source", source},
                       {"format", found.format},
                       {"metric", found.declared_metric},
                       {"n", found.rows},
                       {"dimension", found.dimension},
                       {"queries", found.queries},
                       {"truth_depth", found.truth_depth}});
  }
  fmt::print("{}", parsed.has("json") ? objects.dump(2) + "\n" : table.text());
  return 0;
}

const distance::Metric& metric_for(const Parsed& parsed, const DatasetRequest& request) {
  std::string name = parsed.value("metric");
  if (name.empty()) name = dataset_info(request).declared_metric;
  if (name.empty()) {
    throw Error(Code::invalid_argument, "the file declares no metric; give --metric",
                {.path = request.path});
  }
  return distance::metric(name);
}

unsigned threads_of(const Parsed& parsed) {
  if (!parsed.has("threads")) return machine_threads();
  return static_cast<unsigned>(whole_number("threads", parsed.value("threads"), 1, 1024));
}

int run_groundtruth(const Parsed& parsed) {
  DatasetRequest request = request_of(parsed.positional.front());
  request.queries = parsed.value("queries");
  request.limit = whole_number("limit", parsed.value("limit"), 0, max_slots);
  const std::uint64_t k = whole_number("k", parsed.value("k"), 1, max_slots);
  const unsigned threads = threads_of(parsed);
  const std::string output = parsed.value("output");
  if (output.empty()) throw Error(Code::invalid_argument, "-o OUT.ibin is missing");
  if (format_of(output) != "ibin") {
    throw Error(Code::invalid_argument, "ground truth is written as ibin", {.path = output});
  }

  const distance::Metric& metric = metric_for(parsed, request);
  const Dataset dataset = load_vectors(request, metric);
  ProgressLine line(false);
  const Progress progress{
      .report = [&](std::string_view stage, std::size_t done, std::size_t total) {
        line.show(fmt::format("{} {} %", stage, 100 * done / total));
      }};
  const Truth truth = compute_truth(dataset, metric, k, threads, progress);
  line.clear();
  std::vector<float> distances;
  for (std::size_t query = 0; query < dataset.test.rows; ++query) {
    for (const std::uint32_t id : truth.of(query)) {
      distances.push_back(static_cast<float>(distance::exact_distance(
          metric, dataset.test.row(query), dataset.train.row(id), dataset.train.dimension)));
    }
  }
  write_truth(output, dataset.test.rows, truth.depth, truth.ids, distances);
  return 0;
}

int run_hardness(const Parsed& parsed) {
  DatasetRequest request = request_of(parsed.positional.front());
  request.limit = whole_number("limit", parsed.value("limit"), 0, max_slots);
  const distance::Metric& metric = metric_for(parsed, request);
  return print_hardness(parsed, load_vectors(request, metric), metric, threads_of(parsed));
}

int run_convert(const Parsed& parsed) {
  DatasetRequest request;
  request.path = parsed.positional[0];
  Sources sources = open_sources(request);
  const std::string what = parsed.value("what");
  const std::array<std::pair<std::string_view, const MatrixFile*>, 4> parts{{
      {"train", sources.train.get()},
      {"test", sources.test.get()},
      {"neighbors", sources.neighbors.get()},
      {"distances", sources.distances.get()},
  }};
  std::vector<std::string_view> names;
  for (const auto& [name, matrix] : parts) {
    names.push_back(name);
    if (name != what) continue;
    if (matrix == nullptr) {
      throw Error(Code::not_found, fmt::format("the file has no `{}`", what),
                  {.path = request.path});
    }
    write_matrix(*matrix, parsed.positional[1]);
    return 0;
  }
  throw Error(Code::invalid_argument, unknown_name("part", what, names));
}

struct Subcommand {
  std::string_view name;
  std::string_view description;
  const Command* command;
  int (*run)(const Parsed& parsed);
};

constexpr std::array<Subcommand, 6> subcommands = {{
    {"list", "lists public data sets that are known by name", &list_datasets, run_list_datasets},
    {"get", "fetches one of them, or any url", &get_dataset_command, run_get_dataset},
    {"info", "prints format, metric and shape", &info, run_info},
    {"groundtruth", "computes true neighbours", &groundtruth, run_groundtruth},
    {"hardness", "prints how hard the queries are", &hardness_command, run_hardness},
    {"convert", "writes a matrix in another format", &convert_file, run_convert},
}};

void print_help() {
  fmt::print("usage: skerry dataset COMMAND [arguments]\n\n");
  for (const Subcommand& each : subcommands) {
    fmt::print("  {:<12} {}\n", each.name, each.description);
  }
  fmt::print("\n`skerry dataset COMMAND --help` describes a command.\n\n{}", format_help);
}

}  // namespace

int dataset_command(std::span<const std::string> arguments) {
  if (arguments.empty()) {
    throw Error(Code::invalid_argument, "a command is missing; `skerry dataset --help` lists them");
  }
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h") {
    print_help();
    return 0;
  }
  std::vector<std::string_view> names;
  for (const Subcommand& each : subcommands) {
    names.push_back(each.name);
    if (each.name != first) continue;
    const Parsed parsed = parse_command(*each.command, arguments.subspan(1));
    if (!parsed.help) return each.run(parsed);
    fmt::print("{}", help_text(*each.command));
    return 0;
  }
  throw Error(Code::invalid_argument, unknown_name("command", first, names));
}

}  // namespace skerry::experiments
