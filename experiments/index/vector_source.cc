#include "experiments/index/vector_source.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "experiments/formats/sources.h"
#include "graph/ids.h"

namespace skerry::experiments {

using nlohmann::json;

namespace {

class FileVectors final : public VectorSource {
 public:
  FileVectors(std::unique_ptr<MatrixFile> file, ItemId first_id, const distance::Metric& metric)
      : file_(std::move(file)),
        metric_(&metric),
        dimension_(dimension_of(*file_, metric)),
        first_id_(first_id) {
    if (first_id_ > graph::no_item - file_->shape().rows) {
      throw file_->error(Code::invalid_argument,
                         fmt::format("with --first-id {} the ids of {} rows go beyond {}",
                                     first_id_, file_->shape().rows, graph::no_item - 1));
    }
  }

  std::size_t dimension() const noexcept override { return dimension_; }

  std::optional<std::size_t> count() const noexcept override { return file_->shape().rows; }

  void for_each(const Visit& visit) override {
    const std::size_t bytes = metric_->vector_bytes(dimension_);
    for_each_vector_band(*file_, file_->shape().rows, *metric_,
                         [&](std::size_t first, std::size_t rows, Bytes vectors) {
                           for (std::size_t i = 0; i < rows; ++i) {
                             visit(first_id_ + first + i, vectors.subspan(i * bytes, bytes));
                           }
                         });
  }

 private:
  std::unique_ptr<MatrixFile> file_;
  const distance::Metric* metric_;
  std::size_t dimension_;
  ItemId first_id_;
};

class JsonVectors final : public VectorSource {
 public:
  /// `ids_needed`: otherwise a line without an id has its number, from 0.
  JsonVectors(const std::string& path, bool ids_needed, const distance::Metric& metric)
      : path_(path == "-" ? "standard input" : path), ids_needed_(ids_needed), metric_(&metric) {
    if (path != "-") {
      file_.open(path);
      if (!file_) throw Error(Code::not_found, "the file cannot be read", {.path = path});
    }
    there_ = next();
    if (there_) dimension_ = components_;
  }

  std::size_t dimension() const noexcept override { return dimension_; }

  std::optional<std::size_t> count() const noexcept override { return std::nullopt; }

  void for_each(const Visit& visit) override {
    for (; there_; there_ = next()) {
      if (components_ != dimension_) {
        throw error(fmt::format("the vector has {} components, the first one has {}", components_,
                                dimension_));
      }
      visit(id_, vector_);
    }
  }

 private:
  Error error(std::string_view what) const {
    return {Code::invalid_argument, fmt::format("line {}: {}", line_, what), {.path = path_}};
  }

  std::istream& stream() { return file_.is_open() ? file_ : std::cin; }

  /// Takes the next line that is not blank; false at the end.
  bool next() {
    std::string text;
    do {
      if (!std::getline(stream(), text)) {
        if (stream().bad()) throw Error(Code::io, "reading failed", {.path = path_});
        return false;
      }
      ++line_;
    } while (text.find_first_not_of(" \t\r") == std::string::npos);
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object()) throw error("it is not a JSON object");
    take_id(object);
    const auto vector = object.find("vector");
    if (vector == object.end() || !vector->is_array() || vector->empty()) {
      throw error("`vector` must be a list of numbers");
    }
    components_ = vector->size();
    vector_.assign(metric_->vector_bytes(components_), std::byte{0});
    std::size_t at = 0;
    for (const json& component : *vector) take_component(at++, component);
    ++taken_;
    return true;
  }

  void take_id(const json& object) {
    const auto id = object.find("id");
    if (id == object.end() && !ids_needed_) {
      id_ = taken_;
      return;
    }
    if (id == object.end() || !id->is_number_unsigned() ||
        id->get<std::uint64_t>() == graph::no_item) {
      throw error(fmt::format("`id` must be a whole number in 0..{}", graph::no_item - 1));
    }
    id_ = id->get<std::uint64_t>();
  }

  void take_component(std::size_t at, const json& component) {
    const auto wrong = [&](std::string_view right) {
      return error(fmt::format("component {} is {}; it must be {}", at,
                               component.dump(-1, ' ', false, json::error_handler_t::replace),
                               right));
    };
    if (metric_->element == distance::Element::bit) {
      if (!component.is_number() || (component != 0 && component != 1)) throw wrong("0 or 1");
      if (component == 1) vector_[at / 8] |= static_cast<std::byte>(1U << (at % 8));
      return;
    }
    if (!component.is_number()) throw wrong("a number");
    const auto number = static_cast<float>(component.get<double>());
    if (!std::isfinite(number)) throw wrong("a finite number as f32");
    store(vector_.data() + at * sizeof(float), number);
  }

  std::string path_;
  bool ids_needed_;
  const distance::Metric* metric_;
  std::ifstream file_;
  std::size_t dimension_ = 0;
  std::size_t line_ = 0;
  std::size_t taken_ = 0;
  bool there_ = false;  ///< the members below hold the next vector
  ItemId id_ = 0;
  std::size_t components_ = 0;
  std::vector<std::byte> vector_;
};

}  // namespace

bool is_json_lines(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  return path == "-" || extension == ".ndjson" || extension == ".jsonl";
}

std::unique_ptr<VectorSource> open_vectors(const VectorRequest& request,
                                           const distance::Metric& metric) {
  if (is_json_lines(request.path)) {
    if (request.first_id) {
      throw Error(Code::invalid_argument,
                  "--first-id numbers the rows of a file; lines of JSON have ids of their own",
                  {.path = request.path});
    }
    return std::make_unique<JsonVectors>(request.path, !request.queries, metric);
  }
  Sources sources = open_sources({.path = request.path});
  if (!sources.declared_metric.empty() && sources.declared_metric != metric.name) {
    throw Error(Code::mismatch, "the file is made for another metric",
                {.path = request.path,
                 .expected = sources.declared_metric,
                 .found = std::string(metric.name)});
  }
  const bool test = request.queries && sources.test;
  return std::make_unique<FileVectors>(std::move(test ? sources.test : sources.train),
                                       request.first_id.value_or(request.next_id), metric);
}

}  // namespace skerry::experiments
