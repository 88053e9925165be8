#include "experiments/cmd_dataset_get.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "experiments/catalogue.h"
#include "experiments/dataset_get.h"
#include "experiments/interrupt.h"
#include "experiments/progress_line.h"
#include "experiments/table.h"

namespace skerry::experiments {

namespace {

constexpr std::string_view where_help =
    "Data sets are kept in $SKERRY_DATASETS, else in $XDG_DATA_HOME/skerry/datasets, else in\n"
    "~/.local/share/skerry/datasets. Formats: hdf5, fvecs, fbin, u8bin, i8bin, npy.\n";

constexpr std::array<Option, 1> list_options = {{
    {.name = "json", .description = "a JSON array of objects instead of text"},
}};

constexpr std::array<Option, 5> get_options = {{
    {.name = "dir", .value = "DIR", .description = "where to put it; default: see below"},
    {.name = "sha256", .value = "HEX", .description = "of a url: refuse a file with another hash"},
    {.name = "bytes",
     .value = "N",
     .default_value = "0",
     .description = "of a url: refuse a file of another length; 0: any"},
    {.name = "stall",
     .value = "SECONDS",
     .default_value = "60",
     .description = "give up when nothing has come for so long"},
    {.name = "quiet", .description = "no progress line"},
}};

bool is_url(const std::string& text) { return text.find("://") != std::string::npos; }

/// Whether `skerry run` would find it.
bool is_here(const CatalogueEntry& entry) {
  try {
    resolve_name({.name = std::string(entry.name)});
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::string text_of(const DatasetRequest& files) {
  std::string text = files.path;
  for (const std::string& other : {files.queries, files.neighbors}) {
    if (!other.empty()) text += "\n" + other;
  }
  return text;
}

std::string checked_hash(const Parsed& parsed) {
  std::string hash = parsed.value("sha256");
  std::transform(hash.begin(), hash.end(), hash.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool hex = hash.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (hash.empty() || (hash.size() == 64 && hex)) return hash;
  throw Error(Code::invalid_argument,
              fmt::format("--sha256 is `{}`; it must be 64 hex digits", parsed.value("sha256")));
}

/// Mistakes are told before anything is fetched.
void check_get(const Parsed& parsed) {
  const std::string& wanted = parsed.positional.front();
  if (is_url(wanted)) {
    file_name_of_url(wanted);
    return;
  }
  catalogue_entry(wanted);
  for (const char* option : {"sha256", "bytes"}) {
    if (!parsed.has(option)) continue;
    throw Error(Code::invalid_argument, fmt::format("--{} goes with a url, not a name", option));
  }
}

void get(const Parsed& parsed, const GetOptions& options) {
  const std::string& wanted = parsed.positional.front();
  if (is_url(wanted)) {
    const std::uint64_t bytes =
        whole_number("bytes", parsed.value("bytes"), 0, std::uint64_t{1} << 62);
    get_url(wanted, checked_hash(parsed), bytes, options);
    return;
  }
  const CatalogueEntry& entry = catalogue_entry(wanted);
  if (entry.train.url.empty() && is_here(entry)) {
    fmt::print("{}\n", text_of(resolve_name({.name = wanted})));
  } else {
    fmt::print("{}\n", text_of(get_dataset(entry, options)));
  }
}

}  // namespace

constinit const Command list_datasets = {
    .usage = "skerry dataset list [--json]",
    .summary =
        "Lists public data sets that a config may give as [dataset] name. Sizes are those\n"
        "of the download, as the source states them.",
    .options = list_options,
    .epilogue = where_help,
};

constinit const Command get_dataset_command = {
    .usage = "skerry dataset get NAME|URL [--dir DIR]",
    .summary =
        "Fetches a data set of `skerry dataset list`, or one file by http, https or ftp. Goes on\n"
        "where an earlier try ended, if the server vouches that the file is the same. What comes\n"
        "is opened before it gets its name. Exit code 1: it could not be fetched.",
    .options = get_options,
    .min_positional = 1,
    .max_positional = 1,
    .epilogue = where_help,
};

int run_list_datasets(const Parsed& parsed) {
  Table table({Align::left, Align::left, Align::right, Align::right, Align::right, Align::left,
               Align::right, Align::left, Align::left});
  table.add({"name", "metric", "vectors", "d", "queries", "format", "download", "here", "note"});
  nlohmann::ordered_json objects = nlohmann::ordered_json::array();
  const auto known = [](std::size_t number) { return number == 0 ? "-" : grouped(number); };
  for (const CatalogueEntry& entry : catalogue()) {
    const bool here = is_here(entry);
    const bool fetched = !entry.train.url.empty();
    table.add({std::string(entry.name), std::string(entry.metric), known(entry.n), known(entry.d),
               known(entry.queries), std::string(entry.format), fetched ? size_text(entry) : "-",
               here ? "yes" : "no", std::string(entry.note)});
    nlohmann::ordered_json urls = nlohmann::ordered_json::array();
    const std::array<std::string_view, 3> files{entry.train.url, entry.test.url, entry.truth.url};
    if (!entry.archive.empty()) {
      urls.push_back(entry.archive);
    } else {
      for (const std::string_view url : files) {
        if (!url.empty()) urls.push_back(url);
      }
    }
    const nlohmann::ordered_json unknown;
    objects.push_back(
        {{"name", entry.name},
         {"metric", entry.metric},
         {"n", entry.n == 0 ? unknown : nlohmann::ordered_json(entry.n)},
         {"dimension", entry.d},
         {"queries", entry.queries},
         {"format", entry.format},
         {"urls", urls},
         {"megabytes",
          entry.about_megabytes == 0 ? unknown : nlohmann::ordered_json(entry.about_megabytes)},
         {"source", entry.source},
         {"note", entry.note},
         {"here", here}});
  }
  fmt::print("{}", parsed.has("json") ? objects.dump(2) + "\n" : table.text());
  return 0;
}

int run_get_dataset(const Parsed& parsed) {
  check_get(parsed);
  checked_hash(parsed);
  GetOptions options;
  options.directory = parsed.has("dir") ? parsed.value("dir") : datasets_directory().string();
  options.limits.stall_seconds =
      static_cast<unsigned>(whole_number("stall", parsed.value("stall"), 1, 86'400));
  const InterruptGuard guard;
  std::atomic<bool> cancel = false;
  ProgressLine line(parsed.has("quiet"));
  options.progress.cancel = &cancel;
  options.progress.report = [&](std::string_view, std::size_t done, std::size_t total) {
    if (interrupted() != 0) cancel = true;
    line.show(total == 0 ? fmt::format("{:.1f} MB", static_cast<double>(done) / 1e6)
                         : fmt::format("{:.1f} of {:.1f} MB, {} %", static_cast<double>(done) / 1e6,
                                       static_cast<double>(total) / 1e6, 100 * done / total));
  };
  options.say = [&](const std::string& text) {
    line.clear();
    fmt::print(stderr, "{}\n", text);
  };
  try {
    get(parsed, options);
    return 0;
  } catch (const Error& error) {
    line.clear();
    if (error.code() == Code::invalid_argument || error.code() == Code::unsupported) throw;
    fmt::print(stderr, "skerry: error: {}\n", error.what());
    return error.code() == Code::cancelled ? 128 + interrupted() : 1;
  }
}

}  // namespace skerry::experiments
