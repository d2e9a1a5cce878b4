"""XXH3, 64 bits, with a seed, for texts of at least nine bytes: the checksum of the journal's records.
Debian's Python has none. Slow, and plain: https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md."""

import struct

SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
    "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
    "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
    "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
    "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e")
P32_1, P32_2, P32_3 = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D
P64_1, P64_2, P64_3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
P64_4, P64_5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
M32, M64 = 2**32 - 1, 2**64 - 1
STRIPE, BLOCK = 64, 1024  # Bytes; a block is as many stripes as the secret has places for.


def xxh3(data, seed=0):
    size = len(data)
    assert size > 8, "nothing in the journal is shorter"
    if size <= 16:
        low = _u64(data, 0) ^ (_u64(SECRET, 24) ^ _u64(SECRET, 32)) + seed & M64
        high = _u64(data, size - 8) ^ (_u64(SECRET, 40) ^ _u64(SECRET, 48)) - seed & M64
        swapped = int.from_bytes(low.to_bytes(8, "little"), "big")
        return _avalanche(size + swapped + high + _fold(low, high))
    if size <= 128:
        sum_ = size * P64_1
        for n in range((size - 1) // 32 + 1):
            sum_ += _mix(data, 16 * n, 32 * n, seed)
            sum_ += _mix(data, size - 16 * (n + 1), 32 * n + 16, seed)
        return _avalanche(sum_)
    if size <= 240:
        sum_ = size * P64_1 + sum(_mix(data, 16 * n, 16 * n, seed) for n in range(8))
        rest = sum(_mix(data, 16 * n, 16 * n - 125, seed) for n in range(8, size // 16))
        return _avalanche(_avalanche(sum_) + rest + _mix(data, size - 16, 119, seed))
    return _long(data, seed)


def _long(data, seed):
    secret = struct.pack("<24Q", *(word + (-seed if n % 2 else seed) & M64
                                   for n, word in enumerate(struct.unpack("<24Q", SECRET))))
    keys = [struct.unpack_from("<8Q", secret, 8 * n) for n in range(BLOCK // STRIPE)]
    lanes = [P32_3, P64_1, P64_2, P64_3, P64_4, P32_2, P64_5, P32_1]
    for at in range(0, (len(data) - 1) // STRIPE * STRIPE, STRIPE):
        _accumulate(lanes, data, at, keys[at % BLOCK // STRIPE])
        if (at + STRIPE) % BLOCK == 0:
            lanes = [((lane & M64) ^ (lane & M64) >> 47 ^ key) * P32_1 & M64
                     for lane, key in zip(lanes, struct.unpack_from("<8Q", secret, 128))]
    _accumulate(lanes, data, len(data) - STRIPE, struct.unpack_from("<8Q", secret, 121))
    mixed = struct.unpack_from("<8Q", secret, 11)
    keyed = [lane & M64 ^ key for lane, key in zip(lanes, mixed)]
    return _avalanche(len(data) * P64_1 + sum(_fold(*keyed[n:n + 2]) for n in range(0, 8, 2)))


def _accumulate(lanes, data, at, key):
    for n, word in enumerate(struct.unpack_from("<8Q", data, at)):
        lanes[n ^ 1] += word
        keyed = word ^ key[n]
        lanes[n] += (keyed & M32) * (keyed >> 32)


def _mix(data, at, secret_at, seed):
    return _fold(_u64(data, at) ^ _u64(SECRET, secret_at) + seed & M64,
                 _u64(data, at + 8) ^ _u64(SECRET, secret_at + 8) - seed & M64)


def _fold(left, right):
    product = left * right
    return product & M64 ^ product >> 64


def _avalanche(word):
    word &= M64
    word = (word ^ word >> 37) * 0x165667919E3779F9 & M64
    return word ^ word >> 32


def _u64(data, at):
    return int.from_bytes(data[at:at + 8], "little")
