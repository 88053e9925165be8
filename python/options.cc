#include "python/options.h"

#include "graph/writer.h"

namespace skerry::python {

namespace py = pybind11;

namespace {

graph::IndexOptions make_options(std::string metric, std::size_t dimension, std::uint32_t M,
                                 std::uint32_t M0, std::uint32_t forward,
                                 std::uint32_t ef_construction, std::string selection,
                                 std::string overflow, std::string levels, std::string schedule,
                                 std::string repair, std::string in_links, std::string connectivity,
                                 std::string construction, std::string codec, std::string layout,
                                 std::string order, std::uint64_t seed) {
  graph::IndexOptions options;
  options.metric = std::move(metric);
  options.dimension = dimension;
  options.bounds = {M, M0};
  options.build = {forward,
                   ef_construction,
                   std::move(selection),
                   std::move(overflow),
                   std::move(levels),
                   std::move(schedule),
                   std::move(repair),
                   std::move(in_links),
                   std::move(connectivity),
                   std::move(construction)};
  options.codec = std::move(codec);
  options.layout = std::move(layout);
  options.order = std::move(order);
  options.seed = seed;
  return options;
}

py::dict as_dict(const graph::IndexOptions& options) {
  py::dict dict;
  dict["metric"] = options.metric;
  dict["dimension"] = options.dimension;
  dict["M"] = options.bounds.M;
  dict["M0"] = options.bounds.M0;
  dict["forward"] = options.build.forward_links;
  dict["ef_construction"] = options.build.ef_construction;
  dict["selection"] = options.build.selection;
  dict["overflow"] = options.build.overflow;
  dict["levels"] = options.build.levels;
  dict["schedule"] = options.build.schedule;
  dict["repair"] = options.build.repair;
  dict["in_links"] = options.build.in_links;
  dict["connectivity"] = options.build.connectivity;
  dict["construction"] = options.build.construction;
  dict["codec"] = options.codec;
  dict["layout"] = options.layout;
  dict["order"] = options.order;
  dict["seed"] = options.seed;
  return dict;
}

}  // namespace

void bind_options(py::module_& module) {
  py::class_<graph::IndexOptions>(module, "Options")
      .def(py::init(&make_options), py::kw_only(), py::arg("metric"), py::arg("dimension"),
           py::arg("M"), py::arg("M0"), py::arg("forward"), py::arg("ef_construction"),
           py::arg("selection"), py::arg("overflow"), py::arg("levels"), py::arg("schedule"),
           py::arg("repair"), py::arg("in_links"), py::arg("connectivity"), py::arg("construction"),
           py::arg("codec"), py::arg("layout"), py::arg("order"), py::arg("seed"))
      .def("as_dict", &as_dict);
}

}  // namespace skerry::python
