// Facts only, each from the page named as `source`. What no source states is left unknown. Lengths
// of big-ann-benchmarks' files follow from their shapes.

#include <array>

#include "experiments/catalogue.h"

namespace skerry::experiments {

namespace {

using Text = std::string_view;

struct Urls {
  Text train;
  Text test;
  Text truth;
};

/// Whether a set is all of its file of vectors.
enum class Part : std::uint8_t { whole, beginning };

constexpr CatalogueEntry shipped(Text name, Text metric, std::size_t n, std::size_t d,
                                 std::size_t queries, double megabytes) {
  return {.name = name,
          .metric = metric,
          .n = n,
          .d = d,
          .queries = queries,
          .format = "hdf5",
          .about_megabytes = megabytes,
          .source = "experiments/data/README.md",
          .shipped = true,
          .note = "comes with skerry"};
}

constexpr CatalogueEntry hdf5(Text name, Text metric, std::size_t n, std::size_t d,
                              std::size_t queries, double megabytes, Text url, Text note = {}) {
  return {.name = name,
          .metric = metric,
          .n = n,
          .d = d,
          .queries = queries,
          .format = "hdf5",
          .train = {url},
          .about_megabytes = megabytes,
          .source = "https://github.com/erikbern/ann-benchmarks",
          .note = note};
}

constexpr CatalogueEntry texmex(Text name, std::size_t n, std::size_t d, std::size_t queries,
                                double megabytes, Text archive, const Urls& members) {
  return {.name = name,
          .metric = "euclidean",
          .n = n,
          .d = d,
          .queries = queries,
          .format = "fvecs",
          .train = {members.train},
          .test = {members.test},
          .truth = {members.truth},
          .archive = archive,
          .about_megabytes = megabytes,
          .source = "http://corpus-texmex.irisa.fr/"};
}

constexpr CatalogueEntry big_ann(Text name, Text metric, Text format, std::size_t n, std::size_t d,
                                 std::size_t queries, const Urls& urls, Part part, Text note = {}) {
  const std::size_t component = format == "fbin" ? 4 : 1;
  const std::size_t bytes = 8 + n * d * component;
  return {.name = name,
          .metric = metric,
          .n = n,
          .d = d,
          .queries = queries,
          .format = format,
          .train = {urls.train, part == Part::whole ? bytes : 0, part == Part::whole ? 0 : n},
          .test = {urls.test, 8 + queries * d * component},
          .truth = {urls.truth},
          .about_megabytes = static_cast<double>(bytes) / 1e6,
          .source = "https://github.com/harsha-simhadri/big-ann-benchmarks",
          .note = note};
}

/// Sets of hannoy's benchmarks, published in formats that skerry does not read.
constexpr CatalogueEntry by_hand(Text name, std::size_t d, Text note) {
  return {.name = name,
          .metric = "cosine",
          .d = d,
          .format = "npy",
          .source = "https://github.com/meilisearch/vector-store-relevancy-benchmark",
          .note = note};
}

constexpr std::array entries = std::to_array<CatalogueEntry>({
    shipped("sift-small-128-euclidean", "euclidean", 20'000, 128, 500, 2.9),
    shipped("wordnet-verbs-384-angular", "cosine", 13'267, 384, 500, 10.1),
    hdf5("fashion-mnist-784-euclidean", "euclidean", 60'000, 784, 10'000, 217,
         "http://ann-benchmarks.com/fashion-mnist-784-euclidean.hdf5"),
    hdf5("mnist-784-euclidean", "euclidean", 60'000, 784, 10'000, 217,
         "http://ann-benchmarks.com/mnist-784-euclidean.hdf5"),
    hdf5("glove-25-angular", "cosine", 1'183'514, 25, 10'000, 121,
         "http://ann-benchmarks.com/glove-25-angular.hdf5"),
    hdf5("glove-50-angular", "cosine", 1'183'514, 50, 10'000, 235,
         "http://ann-benchmarks.com/glove-50-angular.hdf5"),
    hdf5("glove-100-angular", "cosine", 1'183'514, 100, 10'000, 463,
         "http://ann-benchmarks.com/glove-100-angular.hdf5"),
    hdf5("glove-200-angular", "cosine", 1'183'514, 200, 10'000, 918,
         "http://ann-benchmarks.com/glove-200-angular.hdf5"),
    hdf5("sift-128-euclidean", "euclidean", 1'000'000, 128, 10'000, 501,
         "http://ann-benchmarks.com/sift-128-euclidean.hdf5"),
    hdf5("gist-960-euclidean", "euclidean", 1'000'000, 960, 1'000, 3600,
         "http://ann-benchmarks.com/gist-960-euclidean.hdf5"),
    hdf5("nytimes-256-angular", "cosine", 290'000, 256, 10'000, 301,
         "http://ann-benchmarks.com/nytimes-256-angular.hdf5"),
    hdf5("lastfm-64-dot", "cosine", 292'385, 65, 50'000, 135,
         "http://ann-benchmarks.com/lastfm-64-dot.hdf5",
         "inner product made cosine by one more component"),
    hdf5("deep-image-96-angular", "cosine", 9'990'000, 96, 10'000, 3600,
         "http://ann-benchmarks.com/deep-image-96-angular.hdf5"),
    hdf5("coco-i2i-512-angular", "cosine", 113'287, 512, 10'000, 136,
         "https://github.com/fabiocarrara/str-encoders/releases/download/v0.1.3/"
         "coco-i2i-512-angular.hdf5",
         "images asked by images"),
    hdf5("coco-t2i-512-angular", "cosine", 113'287, 512, 10'000, 136,
         "https://github.com/fabiocarrara/str-encoders/releases/download/v0.1.3/"
         "coco-t2i-512-angular.hdf5",
         "images asked by texts: out of distribution"),
    texmex("siftsmall-10k", 10'000, 128, 100, 0,
           "ftp://ftp.irisa.fr/local/texmex/corpus/siftsmall.tar.gz",
           {"siftsmall_base.fvecs", "siftsmall_query.fvecs", "siftsmall_groundtruth.ivecs"}),
    texmex("sift-1m", 1'000'000, 128, 10'000, 168,
           "ftp://ftp.irisa.fr/local/texmex/corpus/sift.tar.gz",
           {"sift_base.fvecs", "sift_query.fvecs", "sift_groundtruth.ivecs"}),
    texmex("gist-1m", 1'000'000, 960, 1'000, 0,
           "ftp://ftp.irisa.fr/local/texmex/corpus/gist.tar.gz",
           {"gist_base.fvecs", "gist_query.fvecs", "gist_groundtruth.ivecs"}),
    big_ann("bigann-10m", "euclidean", "u8bin", 10'000'000, 128, 10000,
            {"https://dl.fbaipublicfiles.com/billion-scale-ann-benchmarks/bigann/base.1B.u8bin",
             "https://dl.fbaipublicfiles.com/billion-scale-ann-benchmarks/bigann/"
             "query.public.10K.u8bin",
             "https://dl.fbaipublicfiles.com/billion-scale-ann-benchmarks/GT_10M/bigann-10M"},
            Part::beginning),
    big_ann(
        "deep-10m", "euclidean", "fbin", 10'000'000, 96, 10000,
        {"https://storage.yandexcloud.net/yandex-research/ann-datasets/DEEP/base.1B.fbin",
         "https://storage.yandexcloud.net/yandex-research/ann-datasets/DEEP/query.public.10K.fbin",
         "https://dl.fbaipublicfiles.com/billion-scale-ann-benchmarks/GT_10M/deep-10M"},
        Part::beginning),
    big_ann(
        "text2image-10m", "inner_product", "fbin", 10'000'000, 200, 100000,
        {"https://storage.yandexcloud.net/yandex-research/ann-datasets/T2I/base.1B.fbin",
         "https://storage.yandexcloud.net/yandex-research/ann-datasets/T2I/query.public.100K.fbin",
         "https://dl.fbaipublicfiles.com/billion-scale-ann-benchmarks/GT_10M/text2image-10M"},
        Part::beginning, "images asked by texts: out of distribution"),
    big_ann(
        "msturing-1m", "euclidean", "fbin", 1'000'000, 100, 100000,
        {"https://comp21storage.z5.web.core.windows.net/comp21/MSFT-TURING-ANNS/base1b.fbin",
         "https://comp21storage.z5.web.core.windows.net/comp21/MSFT-TURING-ANNS/query100K.fbin",
         "https://comp21storage.z5.web.core.windows.net/comp21/MSFT-TURING-ANNS/msturing-gt-1M"},
        Part::beginning),
    big_ann(
        "msturing-10m", "euclidean", "fbin", 10'000'000, 100, 100000,
        {"https://comp21storage.z5.web.core.windows.net/comp21/MSFT-TURING-ANNS/base1b.fbin",
         "https://comp21storage.z5.web.core.windows.net/comp21/MSFT-TURING-ANNS/query100K.fbin",
         "https://comp21storage.z5.web.core.windows.net/comp21/MSFT-TURING-ANNS/msturing-gt-10M"},
        Part::beginning),
    big_ann("msspacev-1m", "euclidean", "i8bin", 1'000'000, 100, 29316,
            {"https://comp21storage.z5.web.core.windows.net/comp21/spacev1b/spacev1b_base.i8bin",
             "https://comp21storage.z5.web.core.windows.net/comp21/spacev1b/query.i8bin",
             "https://comp21storage.z5.web.core.windows.net/comp21/spacev1b/msspacev-gt-1M"},
            Part::beginning),
    big_ann("msspacev-10m", "euclidean", "i8bin", 10'000'000, 100, 29316,
            {"https://comp21storage.z5.web.core.windows.net/comp21/spacev1b/spacev1b_base.i8bin",
             "https://comp21storage.z5.web.core.windows.net/comp21/spacev1b/query.i8bin",
             "https://comp21storage.z5.web.core.windows.net/comp21/spacev1b/msspacev-gt-10M"},
            Part::beginning),
    big_ann("yfcc-10m", "euclidean", "u8bin", 10'000'000, 192, 100000,
            {"https://dl.fbaipublicfiles.com/billion-scale-ann-benchmarks/yfcc100M/base.10M.u8bin",
             "https://dl.fbaipublicfiles.com/billion-scale-ann-benchmarks/yfcc100M/"
             "query.public.100K.u8bin",
             "https://dl.fbaipublicfiles.com/billion-scale-ann-benchmarks/yfcc100M/"
             "unfiltered.GT.public.ibin"},
            Part::whole, "the filtered track's set; its tags are not read"),
    by_hand("hn-posts-512", 512,
            "raw f32 rows at https://static.wilsonl.in/hackerverse/dataset/post-embs-data.mat: "
            "save as npy"),
    by_hand("hn-top-posts-1024", 1024,
            "raw f32 rows at https://static.wilsonl.in/hackerverse/dataset/toppost-embs-data.mat: "
            "save as npy"),
    by_hand("datacomp-small-768", 768, "parquet, column clip_l14_text_embedding: save as npy"),
    by_hand("wikipedia-22-12-simple-768", 768, "parquet, column emb: save as npy"),
    by_hand("dbpedia-openai-1536", 1536,
            "parquet, column text-embedding-3-large-1536-embedding: save as npy"),
    by_hand("dbpedia-openai-3072", 3072,
            "parquet, column text-embedding-3-large-3072-embedding: save as npy"),
});

}  // namespace

std::span<const CatalogueEntry> catalogue() { return entries; }

}  // namespace skerry::experiments
