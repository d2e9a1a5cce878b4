#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/signature.h"
#include "journal/epoch.h"
#include "journal/folder.h"
#include "journal/seal_key.h"

// Heads of the journal that are given away, so that somebody else can say later how far it had come
// and with which hash: whoever has the folder and its key can write another history, but none that
// has a head which others kept.
namespace lifeline::journal {

// "At this time the row that ends at this position had this hash."
struct SignedHead {
    HeadMark head;  // Its epoch is the one that the row belongs to.
    WallTime at;
    std::string key_id;
    Ed25519Signature signature{};

    friend bool operator==(const SignedHead&, const SignedHead&) = default;
};

// What is signed.
std::string head_message(const HeadMark& head, WallTime at);
SignedHead sign_head(const SealKey& key, const HeadMark& head, WallTime at);
bool is_signed_by(const SignedHead& head, const VerifyKey& key);

// {"epoch","position","hash","at","keyId","signature"}, in one line without its end.
std::string head_line(const SignedHead& head);
// Code::malformed for whatever head_line does not write.
Result<SignedHead> read_head_line(std::string_view line);

// Where the folder keeps the heads it gave away; it can be lost.
std::string heads_path(const Folder& folder);
// All of a file of such lines. One without its end was torn by a crash and is passed over; anything
// else that is no head is archive_invalid.
Result<std::vector<SignedHead>> load_heads(const std::string& path);
// Durable when it returns. The file is only ever added to, so it may be one that nobody can change.
Status append_head(const std::string& path, std::string_view line);

// How far the journal is known to have come: as its mark says. Beside a running server, too.
Result<HeadMark> marked_head(const Folder& folder);

// Whether the journal has each of these heads: one problem (checkpoint_differs) for each that it
// has not, in their order.
struct HeadsHeld {
    std::uint64_t held = 0;
    std::vector<Error> problems;
};
Result<HeadsHeld> hold_heads(const Folder& folder, std::span<const SignedHead> heads);
// What checkpoint_differs says of a head.
std::string describe(const SignedHead& head);

}  // namespace lifeline::journal
