#include "experiments/neighbour_files.h"

#include <cstdint>
#include <limits>
#include <system_error>

#include "base/bytes.h"
#include "base/error.h"
#include "experiments/formats/npy.h"
#include "experiments/formats/output_file.h"

namespace skerry::experiments {

namespace {

template <class T, class Get>
void write_matrix(const std::filesystem::path& path, Scalar scalar,
                  const std::vector<CountedQuery>& queries, std::size_t k, T missing, Get&& get) {
  std::vector<std::byte> bytes = npy_framing(scalar, queries.size(), k).header;
  for (const CountedQuery& query : queries) {
    for (std::size_t i = 0; i < k; ++i) {
      append(bytes, i < query.ids.size() ? get(query, i) : missing);
    }
  }
  OutputFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace

void write_neighbours(const std::filesystem::path& directory, const std::string& point,
                      const std::vector<CountedQuery>& queries, std::size_t k) {
  const std::filesystem::path folder = directory / "neighbours";
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) throw Error(Code::io, failure.message(), {.path = folder.string()});
  write_matrix(folder / (point + ".ids.npy"), Scalar::u32, queries, k,
               std::numeric_limits<std::uint32_t>::max(),
               [](const CountedQuery& query, std::size_t i) { return query.ids[i]; });
  write_matrix(folder / (point + ".distances.npy"), Scalar::f32, queries, k,
               std::numeric_limits<float>::infinity(),
               [](const CountedQuery& query, std::size_t i) { return query.reported[i]; });
}

}  // namespace skerry::experiments
