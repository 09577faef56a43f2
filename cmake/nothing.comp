// What glslc_needed.sh compiles in place of a shader that is not needed.
#version 450
void main() {}
