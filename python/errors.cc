#include "python/errors.h"

#include <pybind11/pybind11.h>

#include <cstring>

#include "base/error.h"

namespace skerry::python {

namespace py = pybind11;

namespace {

void raise(const Error& error) {
  py::dict context;
  const auto note = [&](const char* key, const std::string& value) {
    if (!value.empty()) context[key] = value;
  };
  note("path", error.context().path);
  note("table", error.context().table);
  note("key", error.context().key);
  note("expected", error.context().expected);
  note("found", error.context().found);
  const py::object type = py::module_::import("skerry.errors").attr("Error");
  const std::string_view code = name(error.code());
  // A path need not be UTF-8.
  const py::object text = py::reinterpret_steal<py::object>(PyUnicode_DecodeUTF8(
      error.what(), static_cast<Py_ssize_t>(std::strlen(error.what())), "backslashreplace"));
  const py::object instance = type(py::str(code.data(), code.size()), text, context);
  PyErr_SetObject(type.ptr(), instance.ptr());
}

}  // namespace

void register_errors() {
  py::register_exception_translator([](std::exception_ptr failure) {
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const Error& error) {
      raise(error);
    }
  });
}

}  // namespace skerry::python
