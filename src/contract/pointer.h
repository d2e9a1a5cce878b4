#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lifeline::contract {

// A JSON pointer to a fault (RFC 6901), built from the inside out: each call puts the step of the
// object or list around it before what is there.
//
// It is text from outside that goes back out, so it is bounded. A key counts with its first
// limits::pointer_step_bytes_max bytes, cut between two characters; a pointer longer than
// limits::pointer_bytes_max loses its innermost steps and names what is around the fault instead.
void prepend_step(std::string& pointer, std::string_view key);
void prepend_step(std::string& pointer, std::size_t position);

}  // namespace lifeline::contract
