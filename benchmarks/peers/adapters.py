"""The peers by the names that --peers takes, in the order in which they are measured."""

from code_peers import Rabitq, UsearchI8, Vsag
from faiss_peers import Faiss, FaissSq8, Panorama
from memory_peers import Hnswlib, Svs, Usearch
from store_peers import Cozo, Hannoy

PEERS = {
    "faiss": Faiss,
    "panorama": Panorama,
    "faiss-sq8": FaissSq8,
    "hnswlib": Hnswlib,
    "usearch": Usearch,
    "usearch-i8": UsearchI8,
    "svs": Svs,
    "vsag": Vsag,
    "rabitq": Rabitq,
    "hannoy": Hannoy,
    "cozo": Cozo,
}
