#include "experiments/cost/process_io.h"

#include <sys/resource.h>

#include <fstream>
#include <string>

namespace skerry::experiments {

ProcessIo process_io() {
  ProcessIo io;
  std::ifstream file("/proc/self/io");
  std::string field;
  std::uint64_t value = 0;
  std::uint64_t cancelled = 0;
  while (file >> field >> value) {
    if (field == "read_bytes:") {
      io.read_bytes = value;
      io.counted = true;
    } else if (field == "write_bytes:") {
      io.written_bytes = value;
    } else if (field == "wchar:") {
      io.call_bytes = value;
    } else if (field == "cancelled_write_bytes:") {
      cancelled = value;
    }
  }
  io.written_bytes -= cancelled < io.written_bytes ? cancelled : io.written_bytes;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    io.minor_faults = static_cast<std::uint64_t>(usage.ru_minflt);
    io.major_faults = static_cast<std::uint64_t>(usage.ru_majflt);
  }
  return io;
}

}  // namespace skerry::experiments
