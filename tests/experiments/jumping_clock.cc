// Loaded before the C library, makes the time of day one that somebody keeps setting back: every
// reading is an hour before the last, beginning in 1980. The monotonic clocks stay as they are.

#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <ctime>

namespace {

time_t earlier() {
  static std::atomic<time_t> now{315'532'800};
  return now.fetch_sub(3600);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) {
    return static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  }
  *time = {earlier(), 0};
  return 0;
}

int gettimeofday(timeval* time, void* /*zone*/) noexcept {
  *time = {earlier(), 0};
  return 0;
}

time_t time(time_t* time) noexcept {
  const time_t now = earlier();
  if (time != nullptr) *time = now;
  return now;
}

}  // extern "C"
