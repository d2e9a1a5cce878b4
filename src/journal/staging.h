#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "journal/folder.h"

// How a journal takes the place of another: it is built whole in a folder within the folder, and
// then renamed into place. Until it is whole nothing of the former is touched; from then on every
// start, and every command, ends what a crash interrupted.
//
//   unfinished/  being built; worth nothing
//   incoming/    whole; its files are on their way into the folder
//   replaced-T/  the files that were there before
namespace lifeline::journal {

class Staging {
public:
    // An empty folder to build in. What an earlier command left unfinished is removed.
    static Result<Staging> begin(const Folder& folder);
    ~Staging();  // Removes what did not take over.
    Staging(Staging&& other) noexcept;
    Staging& operator=(Staging&&) = delete;

    // Here the journal is built: database, key and mark, each closed and durable.
    const Folder& folder() const { return building_; }
    // Gives where the former files are now; empty when there were none.
    Result<std::string> take_over(Clock& clock);

private:
    explicit Staging(const Folder& folder);
    Folder target_;
    Folder building_;
    bool there_ = true;
};

bool take_over_is_unfinished(const Folder& folder);
// With the folder's lock held. Nothing to do in nearly every folder.
Status finish_take_over(const Folder& folder);

// A name for a folder of former files that is still free.
std::string free_replaced_name(const Folder& folder, Clock& clock);

}  // namespace lifeline::journal
