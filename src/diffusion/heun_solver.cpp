#include "diffusion/array_math.h"
#include "diffusion/solver.h"

namespace acestep::diffusion {
namespace {

class HeunSolver : public Solver {
public:
    explicit HeunSolver(VelocityField& field) : field_(field) {}

    void advance(Array& x, Array& velocity, const Step& step) override {
        const float distance = step.t - step.t_next;
        Array ahead(x.shape);
        combine(ahead.values, 1, x.values, -distance, velocity.values);
        const Array corrected = field_.correct(ahead, step.t_next, velocity);
        combine(velocity.values, 0.5f, velocity.values, 0.5f, corrected.values);
        combine(x.values, 1, x.values, -distance, velocity.values);
    }

private:
    VelocityField& field_;
};

}  // namespace

std::unique_ptr<Solver> heun_solver(VelocityField& field) {
    return std::make_unique<HeunSolver>(field);
}

}  // namespace acestep::diffusion
