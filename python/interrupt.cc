#include "python/interrupt.h"

#include "base/error.h"

namespace skerry::python {

namespace py = pybind11;

Progress Interruptions::progress() {
  return {[this](std::string_view stage, std::size_t done, std::size_t total) {
            listen(stage, done, total);
          },
          &raised_};
}

void Interruptions::listen(std::string_view stage, std::size_t done, std::size_t total) {
  if (raised_) return;
  const py::gil_scoped_acquire acquire;
  if (PyErr_CheckSignals() != 0) {
    raised_ = true;
    return;
  }
  if (report_.is_none()) return;
  try {
    report_(py::str(stage.data(), stage.size()), done, total);
  } catch (py::error_already_set& error) {
    error.restore();
    raised_ = true;
  }
}

void Interruptions::poll() {
  const auto now = std::chrono::steady_clock::now();
  if (now >= next_) {
    next_ = now + std::chrono::milliseconds(50);
    const py::gil_scoped_acquire acquire;
    raised_ = PyErr_CheckSignals() != 0;
  }
  if (raised_) throw Error(Code::cancelled, "Python raised an error");
}

void Interruptions::run(const std::function<void()>& work) {
  std::exception_ptr failure;
  {
    const py::gil_scoped_release release;
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  }
  if (raised_) throw py::error_already_set();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace skerry::python
