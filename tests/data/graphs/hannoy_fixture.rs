//! Writes the LMDB directories `hannoy/` and `hannoy-named/` beside this file with the real library,
//! and what hannoy itself makes of them. As src/main.rs of a package with
//!
//!     [dependencies]
//!     hannoy = "=0.1.3"
//!     heed = "=0.22.1"
//!     rand = "0.8"
//!     rayon = "1"
//!     roaring = "0.10"
//!
//!     cargo run --release -- tests/data/graphs     # then remove the two lock.mdb
//!
//! Built with rustc 1.95.0. Links and searches are the same each time; the pages have bytes that
//! LMDB leaves as they were in memory.
//!
//! Component j of row i is ((i * 37 + j * 101 + i * j * 13) % 251) / 251 in f32, as in generate.py.
//! hannoy/ holds, in the unnamed database, index 0 (cosine, ids 3, 8, 13 ..), 1 (euclidean), 7
//! (manhattan, one item changed after the build) and 258 (binary quantised); hannoy-named/ holds, in
//! the database `vectors`, index 0 (manhattan, ids up to 2^32 - 6). Each was built over 45 items, of
//! which five were deleted and the index built again. The text beside each directory has one line a
//! link list and one line a search:
//!
//!     links INDEX LAYER ITEM: ITEM ITEM ..
//!     search INDEX EF ROW: ITEM ITEM ..        the 5 nearest to row ROW, rows 100..109
//!
//! Beams narrower than the lists of 8 are left out: hannoy then loses near items (docs/graphs.md).

use std::fs;
use std::io::Write;
use std::path::Path;

use hannoy::distances::{BinaryQuantizedEuclidean, Cosine, Euclidean, Manhattan};
use hannoy::{Database, Distance, Reader, Writer};
use heed::types::Bytes;
use heed::{Env, EnvOpenOptions, RwTxn};
use rand::rngs::StdRng;
use rand::SeedableRng;
use roaring::RoaringBitmap;

const ROWS: u32 = 40;

fn row(i: u32) -> Vec<f32> {
    (0..8).map(|j| ((i * 37 + j * 101 + i * j * 13) % 251) as f32 / 251.0).collect()
}

fn fill<D: Distance>(wtxn: &mut RwTxn, db: Database<D>, index: u16, id: impl Fn(u32) -> u32) {
    let writer: Writer<D> = Writer::new(db, index, 8);
    let mut rng = StdRng::seed_from_u64(u64::from(index) + 3);
    // Five more, gone again: the second build repairs the lists that led to them.
    for i in 0..ROWS + 5 {
        writer.add_item(wtxn, id(i), &row(i)).unwrap();
    }
    writer.builder(&mut rng).ef_construction(40).build::<4, 8>(wtxn).unwrap();
    for i in ROWS..ROWS + 5 {
        assert!(writer.del_item(wtxn, id(i)).unwrap());
    }
    writer.builder(&mut rng).ef_construction(40).build::<4, 8>(wtxn).unwrap();
}

fn report<D: Distance>(out: &mut fs::File, env: &Env, db: Database<D>, index: u16) {
    let rtxn = env.read_txn().unwrap();
    for record in db.remap_types::<Bytes, Bytes>().iter(&rtxn).unwrap() {
        let (key, value) = record.unwrap();
        if key[..2] != index.to_be_bytes() || key[2] != 2 {
            continue;
        }
        let item = u32::from_be_bytes(key[3..7].try_into().unwrap());
        let links = RoaringBitmap::deserialize_from(&value[1..]).unwrap();
        let list: Vec<String> = links.iter().map(|id| format!(" {id}")).collect();
        writeln!(out, "links {index} {} {item}:{}", key[7], list.concat()).unwrap();
    }
    let reader = Reader::<D>::open(&rtxn, index, db).unwrap();
    for ef in [10, 20, 40] {
        for query in 100..110 {
            let found = reader.nns(5).ef_search(ef).by_vector(&rtxn, &row(query)).unwrap();
            let list: Vec<String> =
                found.into_nns().iter().map(|(id, _)| format!(" {id}")).collect();
            writeln!(out, "search {index} {ef} {query}:{}", list.concat()).unwrap();
        }
    }
}

fn open(path: &Path) -> Env {
    let _ = fs::remove_dir_all(path);
    fs::create_dir_all(path).unwrap();
    unsafe { EnvOpenOptions::new().map_size(1 << 24).max_dbs(2).open(path).unwrap() }
}

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    let folder = std::env::args().nth(1).expect("the folder to write to");
    let folder = Path::new(&folder);

    let env = open(&folder.join("hannoy"));
    let mut wtxn = env.write_txn().unwrap();
    let cosine: Database<Cosine> = env.create_database(&mut wtxn, None).unwrap();
    fill(&mut wtxn, cosine, 0, |i| 3 + 5 * i);
    let euclidean: Database<Euclidean> = env.create_database(&mut wtxn, None).unwrap();
    fill(&mut wtxn, euclidean, 1, |i| i);
    let pending: Database<Manhattan> = env.create_database(&mut wtxn, None).unwrap();
    fill(&mut wtxn, pending, 7, |i| i);
    Writer::<Manhattan>::new(pending, 7, 8).add_item(&mut wtxn, 9, &row(50)).unwrap();
    let bits: Database<BinaryQuantizedEuclidean> = env.create_database(&mut wtxn, None).unwrap();
    fill(&mut wtxn, bits, 258, |i| i);
    wtxn.commit().unwrap();
    let mut out = fs::File::create(folder.join("hannoy.txt")).unwrap();
    report(&mut out, &env, cosine, 0);
    report(&mut out, &env, euclidean, 1);

    let env = open(&folder.join("hannoy-named"));
    let mut wtxn = env.write_txn().unwrap();
    let manhattan: Database<Manhattan> =
        env.create_database(&mut wtxn, Some("vectors")).unwrap();
    fill(&mut wtxn, manhattan, 0, |i| u32::MAX - (ROWS + 4) + i);
    wtxn.commit().unwrap();
    let mut out = fs::File::create(folder.join("hannoy-named.txt")).unwrap();
    report(&mut out, &env, manhattan, 0);
}
