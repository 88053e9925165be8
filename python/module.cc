// The extension module skerry._skerry, under the Python package in skerry/.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include "base/error.h"
#include "python/arrays.h"
#include "python/errors.h"
#include "python/index.h"
#include "python/interrupt.h"
#include "python/link_matrix.h"
#include "python/options.h"
#include "python/stats.h"

namespace skerry::python {

namespace py = pybind11;

namespace {

using Released = py::call_guard<py::gil_scoped_release>;
using Path = std::optional<std::filesystem::path>;

std::unique_ptr<Index> create(Path path, std::string store, std::string name,
                              const graph::IndexOptions& options, std::string view) {
  return std::make_unique<Index>(
      Index::create({std::move(path), std::move(store), true, false}, name, options), name,
      std::move(view), false);
}

std::unique_ptr<Index> open(Path path, std::string store, std::string name, std::string view,
                            bool read_only) {
  return std::make_unique<Index>(open_shared({std::move(path), std::move(store), false, read_only}),
                                 std::move(name), std::move(view), read_only);
}

std::vector<std::string> indexes(std::filesystem::path path) {
  return graph::list_indexes(*open_shared({std::move(path), "", false, true}));
}

/// options() without the interpreter's lock, since another thread may be at work on the index.
graph::IndexOptions options_of(const Index& index) {
  const py::gil_scoped_release release;
  return index.options();
}

void add(Index& index, const py::array& ids, const py::array& vectors) {
  const graph::IndexOptions options = options_of(index);
  const std::span<const ItemId> all = ids_of(ids);
  const Bytes bytes = vectors_of(vectors, distance::metric(options.metric), options.dimension);
  if (static_cast<std::size_t>(vectors.shape(0)) != all.size()) {
    throw Error(Code::invalid_argument, "each id needs one vector",
                {.expected = std::to_string(all.size()) + " vectors",
                 .found = std::to_string(vectors.shape(0))});
  }
  const py::gil_scoped_release release;
  index.add(all, bytes);
}

std::size_t erase(Index& index, const py::array& ids) {
  const std::span<const ItemId> all = ids_of(ids);
  const py::gil_scoped_release release;
  return index.erase(all);
}

py::object vector(const Index& index, ItemId id) {
  std::optional<std::vector<std::byte>> bytes;
  {
    const py::gil_scoped_release release;
    bytes = index.vector(id);
  }
  if (!bytes) return py::none();
  return array_of(*bytes, distance::metric(options_of(index).metric));
}

py::dict work_of(const graph::UpdateWork& work) {
  py::dict dict;
  dict["records"] = work.records;
  dict["bytes"] = work.bytes;
  dict["lists"] = work.lists;
  return dict;
}

py::dict report_of(const graph::BuildReport& report) {
  py::dict dict = work_of(report.work);
  dict["added"] = report.added;
  dict["deleted"] = report.deleted;
  dict["from_scratch"] = report.from_scratch;
  return dict;
}

py::dict build(Index& index, unsigned threads, py::object report) {
  Interruptions interruptions(std::move(report));
  graph::BuildReport done;
  interruptions.run([&] { done = index.build(threads, interruptions.progress()); });
  return report_of(done);
}

py::dict rebuild(Index& index, const graph::IndexOptions& options, unsigned threads,
                 py::object report) {
  Interruptions interruptions(std::move(report));
  graph::BuildReport done;
  interruptions.run([&] { done = index.rebuild(options, threads, interruptions.progress()); });
  return report_of(done);
}

py::dict consolidate(Index& index, const std::string& repair, unsigned threads, py::object report) {
  Interruptions interruptions(std::move(report));
  graph::UpdateWork done;
  interruptions.run([&] { done = index.consolidate(repair, threads, interruptions.progress()); });
  return work_of(done);
}

/// Runs search(state, batch, poll) with arrays for the answers of `count` queries.
template <class Search>
py::tuple answers(Interruptions& interruptions, py::ssize_t count, Batch batch,
                  const std::optional<py::array>& only, Search&& search) {
  if (only) batch.only = ids_of(*only);
  py::array_t<std::int64_t> ids({count, static_cast<py::ssize_t>(batch.k)});
  py::array_t<double> distances({count, static_cast<py::ssize_t>(batch.k)});
  batch.ids = {ids.mutable_data(), static_cast<std::size_t>(ids.size())};
  batch.distances = {distances.mutable_data(), static_cast<std::size_t>(distances.size())};
  interruptions.run([&] { search(batch, [&] { interruptions.poll(); }); });
  return py::make_tuple(ids, distances);
}

std::shared_ptr<SearchState> searched(const Index& index, Interruptions& interruptions) {
  std::shared_ptr<SearchState> state;
  interruptions.run([&] { state = index.searched(); });
  return state;
}

py::tuple search(const Index& index, const py::array& queries, std::size_t k, std::size_t ef,
                 const std::optional<py::array>& only, bool exact, unsigned threads) {
  Interruptions interruptions;
  const std::shared_ptr<SearchState> state = searched(index, interruptions);
  const graph::Reader& reader = state->reader();
  const Bytes vectors = vectors_of(queries, reader.metric(), reader.meta().dimension);
  return answers(
      interruptions, queries.shape(0), {k, ef, exact, threads, {}, {}, {}}, only,
      [&](const Batch& batch, const auto& poll) { state->search(vectors, batch, poll); });
}

py::tuple search_items(const Index& index, const py::array& items, std::size_t k, std::size_t ef,
                       const std::optional<py::array>& only, bool exact, unsigned threads) {
  Interruptions interruptions;
  const std::shared_ptr<SearchState> state = searched(index, interruptions);
  const std::span<const ItemId> all = ids_of(items);
  return answers(
      interruptions, static_cast<py::ssize_t>(all.size()), {k, ef, exact, threads, {}, {}, {}},
      only, [&](const Batch& batch, const auto& poll) { state->search_items(all, batch, poll); });
}

py::dict stats(const Index& index) {
  std::shared_ptr<SearchState> state;
  {
    const py::gil_scoped_release release;
    state = index.searched();
  }
  return stats_of(*state);
}

template <class T>
py::array_t<T> array_from(const std::vector<T>& values) {
  return py::array_t<T>(static_cast<py::ssize_t>(values.size()), values.data());
}

py::tuple links(const Index& index, unsigned level) {
  LinkMatrix matrix;
  {
    const py::gil_scoped_release release;
    matrix = link_matrix(index.searched()->reader().index(), level);
  }
  return py::make_tuple(array_from(matrix.starts), array_from(matrix.targets),
                        array_from(matrix.ids));
}

void bind(py::module_& module) {
  register_errors();
  bind_options(module);
  module.attr("version") = SKERRY_VERSION;
  module.def("indexes", &indexes, py::arg("path"), Released());
  py::class_<Index>(module, "Index")
      .def_static("create", &create, py::arg("path"), py::arg("store"), py::arg("name"),
                  py::arg("options"), py::arg("view"), Released())
      .def_static("open", &open, py::arg("path"), py::arg("store"), py::arg("name"),
                  py::arg("view"), py::arg("read_only"), Released())
      .def("add", &add, py::arg("ids"), py::arg("vectors"))
      .def("delete", &erase, py::arg("ids"))
      .def("clear", &Index::clear, Released())
      .def("save", &Index::save, Released())
      .def("discard", &Index::discard, Released())
      .def("need_build", &Index::need_build, Released())
      .def("build", &build, py::arg("threads"), py::arg("report"))
      .def("rebuild", &rebuild, py::arg("options"), py::arg("threads"), py::arg("report"))
      .def("consolidate", &consolidate, py::arg("repair"), py::arg("threads"), py::arg("report"))
      .def("size", &Index::size, Released())
      .def("contains", &Index::contains, py::arg("id"), Released())
      .def("vector", &vector, py::arg("id"))
      .def("search", &search, py::arg("queries"), py::arg("k"), py::arg("ef"), py::arg("only"),
           py::arg("exact"), py::arg("threads"))
      .def("search_items", &search_items, py::arg("items"), py::arg("k"), py::arg("ef"),
           py::arg("only"), py::arg("exact"), py::arg("threads"))
      .def("options", &Index::options, Released())
      .def("stats", &stats)
      .def("links", &links, py::arg("level"))
      .def("refresh", &Index::refresh, Released())
      .def("close", &Index::close, Released())
      .def("closed", &Index::closed, Released())
      .def("name", &Index::name)
      .def("read_only", &Index::read_only);
}

}  // namespace

}  // namespace skerry::python

PYBIND11_MODULE(_skerry, module) { skerry::python::bind(module); }
