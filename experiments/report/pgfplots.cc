#include "experiments/report/pgfplots.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "base/error.h"
#include "experiments/formats/output_file.h"
#include "experiments/record_set.h"
#include "experiments/report/curves.h"
#include "experiments/report/folder.h"
#include "experiments/report/record_fields.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

struct Column {
  const char* name;
  const char* group;
  const char* field;
};

constexpr std::array<Column, 11> columns = {{
    {"ef", "config", "ef"},
    {"recall", "recall", "strict"},
    {"recall_tie", "recall", "tie"},
    {"qps", "qps", "median"},
    {"qps_min", "qps", "min"},
    {"qps_max", "qps", "max"},
    {"p50_us", "latency_us", "p50"},
    {"p99_us", "latency_us", "p99"},
    {"distances", "work", "distances"},
    {"gets", "work", "gets"},
    {"bytes", "work", "bytes"},
}};

std::string number_text(const std::optional<double>& number) {
  return number ? fmt::format("{}", *number) : "nan";
}

std::optional<double> link_bits_per_vector(const ordered_json& record) {
  const auto values = number_at(record, "links", "value_bytes");
  const auto keys = number_at(record, "links", "key_bytes");
  const auto n = number_at(record, "dataset", "n");
  if (!values || !keys || !n || *n <= 0) return std::nullopt;
  return 8 * (*values + *keys) / *n;
}

std::string one_line(std::string text) {
  for (char& each : text) {
    if (static_cast<unsigned char>(each) < 0x20 || each == 0x7f) each = ' ';
  }
  return text;
}

std::string curve_table(const ResultsInput& input, const Curve& curve) {
  const ordered_json& first = input.points[curve.points.front()].record;
  std::string text;
  for (const auto& [name, value] : first.at("config").items()) {
    if (name != "ef")
      text += one_line(fmt::format("# {}={}", name, config_spelling(first, name))) + "\n";
  }
  for (const Column& column : columns) text += fmt::format("{} ", column.name);
  text += "link_bits_per_vector\n";
  for (const std::size_t place : curve.points) {
    const ordered_json& record = input.points[place].record;
    for (const Column& column : columns) {
      text += number_text(number_at(record, column.group, column.field)) + " ";
    }
    text += number_text(link_bits_per_vector(record)) + "\n";
  }
  return text;
}

/// What tells the curve from the others.
std::string curve_label(const ResultsInput& input, const Curve& curve,
                        const std::vector<std::string>& varying) {
  const MeasuredPoint& first = input.points[curve.points.front()];
  std::vector<std::string> parts;
  if (input.directories.size() > 1) {
    parts.push_back(input.directories[first.directory].path.string());
  }
  for (const std::string& column : varying) {
    if (column != "ef") parts.push_back(column + "=" + config_spelling(first.record, column));
  }
  return parts.empty() ? config_spelling(first.record, "store")
                       : fmt::format("{}", fmt::join(parts, ", "));
}

constexpr std::string_view document_head = R"(\documentclass{standalone}
\usepackage[T1]{fontenc}
\usepackage{pgfplots}
\pgfplotsset{compat=1.15}
\begin{document}
\begin{tikzpicture}
\begin{axis}[
  width=12cm, height=9cm,
  xlabel={recall}, ylabel={queries per second (1/s)},
  ymode=log, grid=major,
  legend pos=outer north east, legend cell align=left, legend style={font=\footnotesize},
  cycle list name=color list, mark size=1.5pt,
]
)";

constexpr std::string_view document_tail = R"(\end{axis}
\end{tikzpicture}
\end{document}
)";

}  // namespace

std::string escape_tex(std::string_view text) {
  std::string escaped;
  for (const char each : one_line(std::string(text))) {
    switch (each) {
      case '\\': escaped += "\\textbackslash{}"; break;
      case '^': escaped += "\\textasciicircum{}"; break;
      case '~': escaped += "\\textasciitilde{}"; break;
      case '<': escaped += "\\textless{}"; break;
      case '>': escaped += "\\textgreater{}"; break;
      case '"': escaped += "\\textquotedbl{}"; break;
      case '{':
      case '}':
      case '$':
      case '&':
      case '#':
      case '_':
      case '%': escaped += '\\'; [[fallthrough]];
      default: escaped += each;
    }
  }
  return escaped;
}

std::size_t write_pgfplots(const ResultsInput& input, const std::filesystem::path& folder) {
  make_folder(folder);
  const std::vector<Curve> curves = make_curves(input, {});
  const std::vector<std::string> varying = varying_columns(records_of(input));
  std::string document(document_head);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const std::string name = fmt::format("curve_{:02}.dat", i + 1);
    write_text(folder / name, curve_table(input, curves[i]));
    // Braces keep a comma of the label from ending it.
    document += fmt::format(
        "\\addplot+[mark=*] table[x=recall, y=qps] {{{}}};\n"
        "\\addlegendentry{{{{{}}}}}\n",
        name, escape_tex(curve_label(input, curves[i], varying)));
  }
  document += document_tail;
  write_text(folder / "recall_qps.tex", document);
  return curves.size();
}

}  // namespace skerry::experiments
