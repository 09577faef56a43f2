#include "diffusion/array_math.h"
#include "diffusion/solver.h"

namespace acestep::diffusion {
namespace {

class EulerSolver : public Solver {
public:
    void advance(Array& x, Array& velocity, const Step& step) override {
        combine(x.values, 1, x.values, -(step.t - step.t_next), velocity.values);
    }
};

}  // namespace

std::unique_ptr<Solver> euler_solver() {
    return std::make_unique<EulerSolver>();
}

}  // namespace acestep::diffusion
