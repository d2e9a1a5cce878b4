// Belongs to the precompiled headers; see Precompiled.cmake.
