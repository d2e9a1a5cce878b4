#include "transcript/utterance.h"

namespace lifeline::transcript {

std::string_view to_text(Progress progress) {
    switch (progress) {
        case Progress::started:
            return "started";
        case Progress::partial:
            return "partial";
        case Progress::final:
            return "final";
        case Progress::truncated:
            return "truncated";
        case Progress::failed:
            return "failed";
    }
    return "";
}

}  // namespace lifeline::transcript
