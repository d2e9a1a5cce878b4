#pragma once

#include "session/stream_shard.h"
