#pragma once

// CHECK(condition): for what cannot be, if this program is right. It aborts in release too: the
// journal makes a restart the ordinary start and clients resume, so a crash costs a blip while a
// wrong state costs a ledger.

namespace lifeline {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace lifeline

#define CHECK(condition)                                              \
    do {                                                              \
        if (!(condition)) [[unlikely]]                                \
            ::lifeline::check_failed(#condition, __FILE__, __LINE__); \
    } while (false)
