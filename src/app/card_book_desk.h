#pragma once

#include <memory>

#include "api/card_desk.h"
#include "app/stream_writer.h"
#include "app/turns.h"
#include "billing/billing.h"
#include "identity/directory.h"

namespace lifeline::app {

// Puts cards in force (`sys_billing`) and accounts on cards (their streams): each change is judged
// by what the one before it left. Lives on `home`; may be asked from any loop.
class CardBookDesk {
public:
    struct Parts {
        Loop& home;
        billing::Billing& billing;
        StreamWriter& writer;
        const identity::Directory& directory;
    };
    explicit CardBookDesk(Parts parts) : parts_(parts), turns_(parts.home) {}
    ~CardBookDesk() { *alive_ = false; }
    CardBookDesk(const CardBookDesk&) = delete;
    CardBookDesk& operator=(const CardBookDesk&) = delete;

    void activate(pricing::Card card, std::string by, Loop& from, journal::Done<bool> done);
    void assign(api::CardDesk::Assigning assigning, Loop& from, journal::Done<void> done);

private:
    bool is_over(WallTime judged) const;
    void judge(std::shared_ptr<pricing::Card> card, std::string by, journal::Done<bool> done);
    void judge(std::shared_ptr<api::CardDesk::Assigning> assigning, journal::Done<void> done);

    Parts parts_;
    Turns turns_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
